"""Make a plain copy of uploaded evidence. Run as a program of its own, with limits on memory and time.

Reads a file from standard input and writes its copy to standard output: a PDF of pictures, a PNG or a JPEG. Everything
else in the file (scripts, links, forms, other files, metadata) is left out. A file that exploits a decoder finds a process
without secrets, network code or open files.
"""

import resource
import sys
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps

MAX_MEMORY = 1024**3  # bytes
MAX_CPU_SECONDS = 20
MAX_PIXELS = 13_000_000  # a usual photo of a phone
MAX_LARGE_PIXELS = 60_000_000  # of a JPEG that can be decoded at a fraction of its size
MAX_PAGES = 20
PAGE_PIXELS = 2_000_000
MAX_PAGE_SCALE = 2.5  # 180 dots an inch
TOO_MANY_PIXELS, TOO_MANY_PAGES, PASSWORD, DAMAGED = 3, 4, 5, 6  # exit statuses


class Refused(Exception):
    """The file has no copy; `args[0]` is the exit status."""


def copy(data: bytes) -> bytes:
    """Return the copy. Raise Refused, or any of a decoder's errors."""
    if data.startswith(b"%PDF-"):
        return _save(_pages(data), "PDF")
    return _save([_picture(data)], "PNG" if data.startswith(b"\x89PNG") else "JPEG")


def _pages(data: bytes) -> list[Image.Image]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Refused(PASSWORD if "password" in str(error).lower() else DAMAGED) from error
    if len(document) > MAX_PAGES:
        raise Refused(TOO_MANY_PAGES)
    if not len(document):
        raise Refused(DAMAGED)
    return [_rendered(page) for page in document]


def _rendered(page: Any) -> Image.Image:
    width, height = page.get_size()
    scale = min(MAX_PAGE_SCALE, (PAGE_PIXELS / max(width * height, 1)) ** 0.5)
    return page.render(scale=scale).to_pil().convert("RGB")


def _picture(data: bytes) -> Image.Image:
    """Decode a picture upright and on white paper. Check its size before decompressing it."""
    with Image.open(BytesIO(data), formats=["PNG", "JPEG"]) as picture:
        pixels = picture.width * picture.height
        if pixels > MAX_PIXELS and picture.format == "JPEG" and not picture.info.get("progressive"):
            pixels = 0 if pixels > MAX_LARGE_PIXELS else _shrink(picture)
        if not 0 < pixels <= MAX_PIXELS:
            raise Refused(TOO_MANY_PIXELS)
        upright = ImageOps.exif_transpose(picture)
    if not upright.has_transparency_data:
        return upright.convert("RGB")
    layers = upright.convert("RGBA")
    paper = Image.new("RGB", layers.size, "white")
    paper.paste(layers, mask=layers.getchannel("A"))
    return paper


def _shrink(picture: Image.Image) -> int:
    """Let a large JPEG be decoded at half its size, or less, and return the number of pixels then."""
    part = 2 if picture.width * picture.height <= 4 * MAX_PIXELS else 4
    picture.draft("RGB", (picture.width // part, picture.height // part))
    return picture.width * picture.height


def _save(pictures: list[Image.Image], kind: str) -> bytes:
    output = BytesIO()
    options: dict[str, dict[str, Any]] = {
        "PDF": {"save_all": True, "append_images": pictures[1:], "resolution": MAX_PAGE_SCALE * 72},
        "JPEG": {"quality": 90},
    }
    for picture in pictures:
        picture.info.clear()
    pictures[0].save(output, kind, **options.get(kind, {}))
    return output.getvalue()


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sys.stdout.buffer.write(copy(sys.stdin.buffer.read()))
    except Refused as refusal:
        return int(refusal.args[0])
    except Image.DecompressionBombError:
        return TOO_MANY_PIXELS
    except Exception:  # decoders raise many kinds of errors for a broken file
        return DAMAGED
    return 0


if __name__ == "__main__":
    sys.exit(main())
