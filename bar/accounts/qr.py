"""A QR picture as a value: a size and one path, for a template to draw as SVG with a text beside it. No markup is made here."""

from dataclasses import dataclass

import qrcode

EDGE = 4  # squares of white around it, which readers need


@dataclass(frozen=True, slots=True)
class QR:
    """The side in squares, and the dark squares as a path of SVG."""

    size: int
    path: str


def qr_of(text: str) -> QR:
    """The picture of a text."""
    code = qrcode.QRCode(border=EDGE, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make()
    rows = code.get_matrix()
    dark = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return QR(len(rows), "".join(dark))
