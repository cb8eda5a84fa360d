"""Codes that are typed: from an app (RFC 6238) and from paper. Pure: a moment in, a verdict out.

A code from an app counts once: its step must be later than the last one that was used (RFC 6238, 5.2).
"""

import base64
import datetime
import hashlib
import hmac
import re
import struct

STEP = 30  # seconds that one code lasts
DIGITS = 6
STEPS_BESIDE = 1  # a clock that is half a minute wrong, or somebody who types slowly


def normal(typed: str) -> str:
    """What was typed, without the spaces and dashes that people put between groups."""
    return re.sub(r"[\s\-–]", "", typed)


def step_of(secret: str, typed: str, *, after: int, now: datetime.datetime) -> int | None:
    """The step that this code is of, when it is right and later than the step used last; else None."""
    current = int(now.timestamp()) // STEP
    code = normal(typed)
    for step in range(current - STEPS_BESIDE, current + STEPS_BESIDE + 1):
        if step > after and hmac.compare_digest(code_at(secret, step).encode(), code.encode()):
            return step
    return None


def code_at(secret: str, step: int) -> str:
    """The code of one step (RFC 4226, with the HMAC-SHA-1 that every app knows)."""
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1)
    start = mac[-1] & 0x0F
    (value,) = struct.unpack(">I", mac[start : start + 4])
    return f"{(value & 0x7FFFFFFF) % 10**DIGITS:0{DIGITS}}"


def in_groups(secret: str) -> str:
    """A key for an app in groups of four, to read and type."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
