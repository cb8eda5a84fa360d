"""Key rings for these tests: the ring as it is, with a new key in front, and without the old one."""

import base64

from django.conf import settings

NEW = "nieuw:" + base64.b64encode(bytes(range(1, 33))).decode()
NEWER = "nieuwer:" + base64.b64encode(bytes(range(2, 34))).decode()


def old() -> str:
    """The ring the tests run with: one key."""
    return settings.SEALING_KEYS


def old_name() -> str:
    """The id of its key."""
    return old().partition(":")[0]


def turned(*names: str) -> str:
    """These keys, the first one writes."""
    return ",".join(names)
