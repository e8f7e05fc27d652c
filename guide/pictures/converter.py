"""Make the files of a picture for readers. Run as a separate program, with limits on memory and time.

Reads a picture from standard input and writes a zip to standard output: the picture in several widths as AVIF, WebP and JPEG or
PNG, without metadata. The zip's comment gives the size and format of the widest one, such as "1280x853.jpg".

converter.py TOP RIGHT BOTTOM LEFT  crops each side by this percentage and encodes everything again
converter.py                        keeps the picture, made by an earlier run, as the widest file
"""

import resource
import sys
import zipfile
from io import BytesIO

from PIL import Image, ImageCms, ImageOps

MAX_MEMORY = 1024**3  # bytes
MAX_CPU_SECONDS = 30
MAX_PIXELS = 40_000_000
MAX_WIDTH, MAX_HEIGHT, MIN_WIDTH = 1280, 1600, 320
WIDTHS = (320, 640, 1280)
TOO_MANY_PIXELS, ANIMATED, TOO_SMALL, DAMAGED = 3, 4, 5, 6  # exit statuses
FORMATS = {"jpg": ("JPEG", {"quality": 85, "optimize": True}), "png": ("PNG", {})}
MODERN = {"avif": {"quality": 60, "speed": 8, "max_threads": 1}, "webp": {"quality": 78, "method": 4}}


class Refused(Exception):
    """The picture cannot be used; `args[0]` is the exit status."""


def convert(data: bytes, cut: list[int]) -> bytes:
    """Return the zip. Raise Refused, or any error of a decoder."""
    picture = _decoded(data)
    if not cut:
        return _zip(picture, data, "png" if data.startswith(b"\x89PNG") else "jpg")
    picture = _sized(_cropped(picture, cut))
    copies = {suffix: _encoded(picture, suffix) for suffix in FORMATS}
    suffix = min(copies, key=lambda name: len(copies[name]))  # PNG is smaller for a drawing, JPEG for a photo
    return _zip(picture, copies[suffix], suffix)


def _decoded(data: bytes) -> Image.Image:
    """Decode a picture: upright, on a white background, in sRGB. Check its size before decompressing it."""
    with Image.open(BytesIO(data), formats=["PNG", "JPEG", "WEBP"]) as picture:
        if picture.width * picture.height > MAX_PIXELS:
            raise Refused(TOO_MANY_PIXELS)
        if picture.format in ("PNG", "WEBP") and getattr(picture, "is_animated", False):
            raise Refused(ANIMATED)
        profile = picture.info.get("icc_profile")
        upright = ImageOps.exif_transpose(picture)
    if profile and upright.mode in ("RGB", "RGBA"):
        upright = _in_srgb(upright, profile)
    if upright.mode.startswith("I"):  # 65,536 shades of gray: converted at once, all but the darkest become white
        upright = upright.point(lambda shade: shade / 256).convert("L")
    plain = _on_white(upright) if upright.has_transparency_data else upright.convert("RGB")
    plain.info.clear()
    return plain


def _in_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Convert the picture to sRGB, since the files have no profile. Ignore a broken profile."""
    try:
        source, srgb = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(picture, source, srgb) or picture
    except (ImageCms.PyCMSError, OSError):
        return picture


def _on_white(picture: Image.Image) -> Image.Image:
    """Fill transparent areas with white: black lines would be invisible on a dark page."""
    layers = picture.convert("RGBA")
    background = Image.new("RGB", layers.size, "white")
    background.paste(layers, mask=layers.getchannel("A"))
    return background


def _cropped(picture: Image.Image, cut: list[int]) -> Image.Image:
    top, right, bottom, left = cut
    wide, high = picture.size
    box = (wide * left // 100, high * top // 100, wide - wide * right // 100, high - high * bottom // 100)
    return picture.crop(box)


def _sized(picture: Image.Image) -> Image.Image:
    factor = min(1, MAX_WIDTH / picture.width, MAX_HEIGHT / picture.height)
    wide, high = round(picture.width * factor), round(picture.height * factor)
    if wide < MIN_WIDTH or high < 1:
        raise Refused(TOO_SMALL)
    return picture if factor == 1 else picture.resize((wide, high), Image.Resampling.LANCZOS)


def _encoded(picture: Image.Image, suffix: str) -> bytes:
    kind, options = FORMATS.get(suffix) or (suffix.upper(), MODERN[suffix])
    output = BytesIO()
    picture.save(output, kind, **options)
    return output.getvalue()


def _zip(picture: Image.Image, widest: bytes, suffix: str) -> bytes:
    """Return a zip with all files of the picture; `widest` is its widest JPEG or PNG."""
    output, size = BytesIO(), picture.size
    with zipfile.ZipFile(output, "w") as archive:
        archive.comment = f"{size[0]}x{size[1]}.{suffix}".encode()
        for width in [*(width for width in WIDTHS if width < size[0]), size[0]]:
            shown = picture.resize((width, max(round(size[1] * width / size[0]), 1)), Image.Resampling.LANCZOS)
            for name in (*MODERN, suffix):
                keep = name == suffix and width == size[0]
                archive.writestr(f"{width}.{name}", widest if keep else _encoded(shown, name))
    return output.getvalue()


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_CPU_SECONDS, MAX_CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        sys.stdout.buffer.write(convert(sys.stdin.buffer.read(), [int(part) for part in sys.argv[1:]]))
    except Refused as refusal:
        return int(refusal.args[0])
    except Image.DecompressionBombError:
        return TOO_MANY_PIXELS
    except Exception:  # decoders raise many kinds of errors for a broken file
        return DAMAGED
    return 0


if __name__ == "__main__":
    sys.exit(main())
