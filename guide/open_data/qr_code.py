"""QR codes as paths of an SVG, without a picture or a request."""

from typing import NamedTuple

import qrcode

QUIET_ZONE = 4  # modules around the code that stay white (ISO/IEC 18004)


class QrCode(NamedTuple):
    """The path of the dark modules in a square of `size` units, with its quiet zone."""

    path: str
    size: int


def qr_code(text: str) -> QrCode:
    code = qrcode.QRCode(border=QUIET_ZONE, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    rows = code.get_matrix()
    dark = [(x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    return QrCode("".join(f"M{x} {y}h1v1h-1z" for x, y in dark), len(rows))
