"""A page without what differs each time it is made: two can be compared, and no word that must not be there stands in random letters."""

import re

BY_LOT_OR_CLOCK = re.compile(r'(name="csrfmiddlewaretoken" value="|"X-CSRFToken": "|data-(?:idle|absolute)=")[^"]*')


def steady(page: str) -> str:
    """Without the token of its forms and the seconds that a session still has."""
    return BY_LOT_OR_CLOCK.sub(r"\1", page)
