"""Whether bytes are a PDF, PNG or JPEG that a verifier may safely open. Judged by content; a name or type that was sent
along counts for nothing. Pictures are drawn anew, which leaves behind where and on what they were taken. A leaf.
"""

import re
import zlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

LARGEST = 10 * 1024 * 1024  # bytes
MOST_PIXELS = 30_000_000
HEAD, TAIL = 4096, 1024  # bytes
ZIP_TAIL = 65_557  # a ZIP archive's directory ends at most so far before the end of its file
MARKUP = re.compile(rb"<(?:!doctype|html|head|body|script|iframe|object|embed|svg|img|\?php)", re.IGNORECASE)
ARCHIVES = (b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"MZ\x90")
ACTIVE = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFiles?|RichMedia|XFA|Encrypt|SubmitForm|ImportData)(?![A-Za-z])")
PACKED = b"/ObjStm"
PACKED_START = re.compile(rb"/ObjStm.{0,300}?stream\r?\n", re.DOTALL)
MOST_PACKED = 200  # such parts in one PDF, and what each may unpack to: more than any paper of ten megabytes has
MOST_UNPACKED = 1024 * 1024  # bytes

NOT_A_KIND = "This is not a PDF, PNG or JPEG file. Please save it as one of these and choose it again."
DAMAGED = "This file is damaged or cut short. Please make it again."
MIXED = "This PDF holds something else besides a document. Please print it to a new PDF and choose that one."
LIVELY = (
    "This PDF holds a password, a script, a form or another file. Please print it to a new PDF and choose that one."
)
TOO_BIG = "This file is larger than 10 MB. A photograph at ordinary size, or a PDF of a few pages, is enough."
TOO_WIDE = "This picture has more than 30 million pixels. Please make it smaller."


class Refused(ValueError):
    """The sentence for whoever sent the file."""


@dataclass(frozen=True)
class Proof:
    """A file that was judged: its safe content and what it was found to be."""

    content: bytes
    content_type: str
    suffix: str


def judge(data: bytes) -> Proof:
    """The file as we keep it. Raises Refused with a sentence for the sender."""
    if len(data) > LARGEST:
        raise Refused(TOO_BIG)
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Proof(_redrawn(data, "PNG"), "image/png", ".png")
    if data.startswith(b"\xff\xd8\xff"):
        return Proof(_redrawn(data, "JPEG"), "image/jpeg", ".jpg")
    raise Refused(NOT_A_KIND)


def _pdf(data: bytes) -> Proof:
    if not data.rstrip(b"\r\n \t\x00").endswith(b"%%EOF"):
        raise Refused(MIXED if b"%%EOF" in data else DAMAGED)
    if MARKUP.search(data[:HEAD]) or b"PK\x05\x06" in data[-ZIP_TAIL:] or any(a in data[:HEAD] for a in ARCHIVES):
        raise Refused(MIXED)
    if any(ACTIVE.search(_plain_names(part)) for part in (data, *_unpacked(data))):
        raise Refused(LIVELY)
    return Proof(data, "application/pdf", ".pdf")


def _plain_names(data: bytes) -> bytes:
    """PDF lets a name's letters be written as #xx; whoever hides an action does so."""
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), data)


def _unpacked(data: bytes) -> list[bytes]:
    """The objects that newer PDFs keep in packed streams. What cannot be unpacked is refused: nobody could judge it."""
    starts = [found.end() for found in PACKED_START.finditer(data)]
    if len(starts) > MOST_PACKED or len(starts) != _plain_names(data).count(PACKED):
        raise Refused(LIVELY)
    return [_unpack(data[start : start + MOST_UNPACKED]) for start in starts]


def _unpack(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        plain = unpacker.decompress(packed, MOST_UNPACKED)
    except zlib.error as error:
        raise Refused(LIVELY) from error
    if not unpacker.eof:
        raise Refused(LIVELY)
    return plain


def _redrawn(data: bytes, kind: str) -> bytes:
    """The picture's points and nothing else: no metadata, no second picture, nothing after the end."""
    try:
        picture = _decoded(data, kind)
    except Refused:
        raise
    except Image.DecompressionBombError as error:
        raise Refused(TOO_WIDE) from error
    except Exception as error:  # Pillow's decoders raise a dozen kinds for a broken file
        raise Refused(DAMAGED) from error
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    written = BytesIO()
    paper.save(written, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return written.getvalue()


def _decoded(data: bytes, kind: str) -> Image.Image:
    """The picture, upright; its size is asked before any point of it is unpacked."""
    with Image.open(BytesIO(data), formats=[kind]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused(TOO_WIDE)
        picture.verify()
    with Image.open(BytesIO(data), formats=[kind]) as picture:
        return ImageOps.exif_transpose(picture).convert("RGBA")
