"""Reading a delivery status notification (RFC 3464): which of our mails will never arrive.

Anybody can send one. It is believed only with the Message-ID of that mail, which nobody can guess; a recipient's address alone proves nothing.
"""

from email import message_from_bytes, policy
from email.message import EmailMessage


def read_bounce(raw: bytes) -> str | None:
    """The Message-ID of the mail that failed for good; None for a delay, a success, or anything that is no such notification."""
    try:
        report = message_from_bytes(raw, policy=policy.default)
        return _message_id(report) if isinstance(report, EmailMessage) and _failed(report) else None
    except (ValueError, LookupError, AttributeError, TypeError):
        return None  # the parser of the library trips over some of what a stranger can send


def _failed(report: EmailMessage) -> bool:
    """Whether some recipient is reported as failed with a permanent status (RFC 3463: 5.x.x)."""
    if report.get_content_type() != "multipart/report":
        return False
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in part.get_payload():  # one block about the mail, then one per recipient
                status, what = str(block.get("Status", "")), str(block.get("Action", ""))
                if what.strip().lower() == "failed" and status.strip().startswith("5."):
                    return True
    return False


def _message_id(report: EmailMessage) -> str | None:
    """Of the mail that is sent back along, whole or its headers only (RFC 6522)."""
    for part in report.walk():
        match part.get_content_type():
            case "message/rfc822":
                found = part.get_payload(0).get("Message-ID")
            case "text/rfc822-headers":
                found = message_from_bytes(part.get_payload(decode=True), policy=policy.default).get("Message-ID")
            case _:
                continue
        if found:
            return " ".join(str(found).split())
    return None
