"""What a password must be (AUTH_PASSWORD_VALIDATORS): long, not among the passwords that everybody guesses first, and not easy to work out.

No rules about capitals and signs (NIST SP 800-63B-4 §3.1.1, ASVS 6.2.5). Every refusal says what to do instead.
"""

import re
from typing import Any

from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from zxcvbn import zxcvbn

LEAST, MOST = 12, 128  # characters
ENOUGH = 3  # of zxcvbn's 0 to 4: safe when somebody guesses on line, and slow off line
JUDGED = 72  # characters that zxcvbn looks at
ADVICE = "Kies bijvoorbeeld vier woorden die niets met elkaar te maken hebben."


class LongEnough:
    """At least twelve characters, and not a whole book: hashing takes time."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise when it is too short or too long."""
        if len(password) < LEAST:
            raise ValidationError(f"Dit wachtwoord is te kort. Maak het minstens {LEAST} tekens lang. {ADVICE}", code="password_too_short")
        if len(password) > MOST:
            raise ValidationError(f"Dit wachtwoord is te lang. Maak het hooguit {MOST} tekens lang.", code="password_too_long")

    def get_help_text(self) -> str:
        """What to do."""
        return f"Minstens {LEAST} tekens. {ADVICE}"


class NotCommon(password_validation.CommonPasswordValidator):
    """Not one of the twenty thousand passwords that leaked most often. Works without asking anybody."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise when it is one of them."""
        try:
            super().validate(password, user)
        except ValidationError:
            raise ValidationError(f"Dit wachtwoord staat op een lijst van gestolen wachtwoorden. {ADVICE}", code="password_too_common") from None

    def get_help_text(self) -> str:
        """Said by `LongEnough`."""
        return ""


class HardToGuess:
    """Not made of names, words, years and rows of keys. What is known about the person counts as easy."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise when it is easy to work out."""
        if password and zxcvbn(password[:JUDGED], user_inputs=known_about(user))["score"] < ENOUGH:
            raise ValidationError(
                f"Dit wachtwoord is makkelijk te raden. Gebruik geen namen, jaartallen of rijtjes. {ADVICE}", code="password_too_easy"
            )

    def get_help_text(self) -> str:
        """Said by `LongEnough`."""
        return ""


def known_about(person: Any) -> list[str]:
    """The words that somebody who knows this person would try first: name, address, organisation, and this product."""
    if person is None:
        return ["bardossier"]
    organisation = person.organisation.name if getattr(person, "organisation", None) else ""
    texts = [person.name or "", person.email or "", organisation, getattr(person, "function", "") or ""]
    words = [word for text in texts for word in re.split(r"[^\w]+", text) if word]
    return ["bardossier", "bar-dossier", *texts, *words, *("".join(text.split()) for text in texts)]
