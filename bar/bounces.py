"""Reading a delivery status notification (RFC 3464): which of our mails will never arrive.

Anybody can send one. It is believed only with the Message-ID of that mail, which nobody can guess; a recipient's address alone proves nothing.
"""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import Message


def read_bounce(raw: bytes) -> str | None:
    """The Message-ID of the mail that failed for good; None for a delay, a success, or anything that is no such notification."""
    try:
        report: Message = message_from_bytes(raw, policy=policy.default)
        return _message_id(report) if _failed(report) else None
    except (ValueError, LookupError, AttributeError, TypeError):
        return None  # the parser of the library trips over some of what a stranger can send


def _failed(report: Message) -> bool:
    """Whether some recipient is reported as failed with a permanent status (RFC 3463: 5.x.x)."""
    if report.get_content_type() != "multipart/report":
        return False
    statuses = [part for part in report.walk() if part.get_content_type() == "message/delivery-status"]
    return any(
        str(block.get("Action", "")).strip().lower() == "failed" and str(block.get("Status", "")).strip().startswith("5.")
        for part in statuses
        for block in _inside(part)  # one block about the mail, then one per recipient
    )


def _message_id(report: Message) -> str | None:
    """Of the mail that is sent back along, whole or its headers only (RFC 6522)."""
    for part in report.walk():
        for mail in _sent_back(part):
            if mail.get("Message-ID"):
                return " ".join(str(mail["Message-ID"]).split())
    return None


def _sent_back(part: Message) -> Iterator[Message]:
    match part.get_content_type():
        case "message/rfc822":
            yield from _inside(part)
        case "text/rfc822-headers":
            headers = part.get_payload(decode=True)
            if isinstance(headers, bytes):
                yield message_from_bytes(headers, policy=policy.default)


def _inside(part: Message) -> list[Message]:
    held = part.get_payload()
    return [one for one in held if isinstance(one, Message)] if isinstance(held, list) else []
