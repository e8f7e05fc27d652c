"""Validate uploaded evidence: PDF, PNG or JPEG files that are safe to open.

Only the content counts, not the name or type sent with it. Pictures are re-encoded, which removes their metadata.
"""

import re
import zlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

MAX_BYTES = 10 * 1024 * 1024  # bytes
MAX_PIXELS = 30_000_000
HEAD, TAIL = 4096, 1024  # bytes
ZIP_TAIL = 65_557  # the end record of a ZIP archive starts at most this far from the end of the file
MARKUP = re.compile(rb"<(?:!doctype|html|head|body|script|iframe|object|embed|svg|img|\?php)", re.IGNORECASE)
ARCHIVES = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"MZ\x90")
ACTIVE_PDF_NAME = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|Encrypt|SubmitForm|ImportData)(?![A-Za-z])"
)
OBJECT_STREAM = b"/ObjStm"
OBJECT_STREAM_START = re.compile(rb"/ObjStm.{0,300}?stream\r?\n", re.DOTALL)
MAX_OBJECT_STREAMS = 200  # per PDF: more than any document of 10 MB needs, and little enough to unpack
MAX_UNPACKED_BYTES = 1024 * 1024  # bytes

UNSUPPORTED_TYPE = "Choose a PDF, PNG or JPEG file."
DAMAGED = "This file is damaged or incomplete. Please create it again."
EMBEDDED_CONTENT = "This PDF contains something besides a document. Print it to a new PDF and choose that one."
ACTIVE_CONTENT = (
    "This PDF contains a password, a script, a form or another file. Print it to a new PDF and choose that one."
)
TOO_BIG = "This file is larger than 10 MB. An ordinary photo or a PDF of a few pages is enough."
TOO_MANY_PIXELS = "This picture has more than 30 million pixels. Choose a smaller one."


class InvalidEvidence(ValueError):
    """The file is refused; the message is for its sender."""


@dataclass(frozen=True)
class ValidatedFile:
    """A safe file with its detected type."""

    content: bytes
    content_type: str
    suffix: str


def validate(data: bytes) -> ValidatedFile:
    """Return the file as it will be stored. Raises InvalidEvidence with a message for the sender."""
    if len(data) > MAX_BYTES:
        raise InvalidEvidence(TOO_BIG)
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return ValidatedFile(_reencoded(data, "PNG"), "image/png", ".png")
    if data.startswith(b"\xff\xd8\xff"):
        return ValidatedFile(_reencoded(data, "JPEG"), "image/jpeg", ".jpg")
    raise InvalidEvidence(UNSUPPORTED_TYPE)


def _pdf(data: bytes) -> ValidatedFile:
    if not data.rstrip(b"\r\n \t\x00").endswith(b"%%EOF"):
        raise InvalidEvidence(EMBEDDED_CONTENT if b"%%EOF" in data else DAMAGED)
    if MARKUP.search(data[:HEAD]) or b"PK\x05\x06" in data[-ZIP_TAIL:] or any(a in data[:HEAD] for a in ARCHIVES):
        raise InvalidEvidence(EMBEDDED_CONTENT)
    if any(ACTIVE_PDF_NAME.search(_plain_names(part)) for part in (data, *_unpacked(data))):
        raise InvalidEvidence(ACTIVE_CONTENT)
    return ValidatedFile(data, "application/pdf", ".pdf")


def _plain_names(data: bytes) -> bytes:
    """Decode `#xx` escapes in PDF names, which could hide an action."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), data)


def _unpacked(data: bytes) -> list[bytes]:
    """Unpack the object streams of a PDF. Raises InvalidEvidence if one can't be unpacked, and so can't be checked."""
    starts = [found.end() for found in OBJECT_STREAM_START.finditer(data)]
    if len(starts) > MAX_OBJECT_STREAMS or len(starts) != _plain_names(data).count(OBJECT_STREAM):
        raise InvalidEvidence(ACTIVE_CONTENT)
    return [_unpack(data[start : start + MAX_UNPACKED_BYTES]) for start in starts]


def _unpack(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(packed, MAX_UNPACKED_BYTES)
    except zlib.error as error:
        raise InvalidEvidence(ACTIVE_CONTENT) from error
    if not unpacker.eof:
        raise InvalidEvidence(ACTIVE_CONTENT)
    return plain


def _reencoded(data: bytes, kind: str) -> bytes:
    """Re-encode a picture's pixels: drops metadata, further frames and trailing data."""
    try:
        picture = _decoded(data, kind)
    except InvalidEvidence:
        raise
    except Image.DecompressionBombError as error:
        raise InvalidEvidence(TOO_MANY_PIXELS) from error
    except Exception as error:  # Pillow's decoders raise many kinds of errors for a broken file
        raise InvalidEvidence(DAMAGED) from error
    canvas = Image.new("RGB", picture.size, "white")
    canvas.paste(picture, mask=picture.getchannel("A"))
    output = BytesIO()
    canvas.save(output, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return output.getvalue()


def _decoded(data: bytes, kind: str) -> Image.Image:
    """Decode the picture, upright. Check its size before decompressing it."""
    with Image.open(BytesIO(data), formats=[kind]) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise InvalidEvidence(TOO_MANY_PIXELS)
        picture.verify()
    with Image.open(BytesIO(data), formats=[kind]) as picture:
        return ImageOps.exif_transpose(picture).convert("RGBA")
