"""What somebody typed in a page that could not be saved any more, so that it can be shown once as a copy to keep.

Free text only: no secret, no code, no choice, no date. Shown to whoever sent it and kept nowhere. Pure.
"""

import re
from collections.abc import Iterable

# Never given back, whatever stands in them.
SECRET = re.compile(r"csrf|token|passw|wachtwoord|code|secret|credential|sleutel|\bnext\b|\bseen\b|bsn|login", re.IGNORECASE)
# A choice, a number, a date, an id: what nobody typed as text.
NO_TEXT = re.compile(r"[a-z0-9_:.,/+-]*\Z")
MOST = 50  # texts


def typed_texts(fields: Iterable[tuple[str, Iterable[str]]]) -> list[str]:
    """The free texts in a form, in its order, each once."""
    found = [
        text for name, texts in fields if not SECRET.search(name) for value in texts if not NO_TEXT.match(text := value.replace("\0", "").strip())
    ]
    return list(dict.fromkeys(found))[:MOST]
