"""Validate uploaded pictures, and store files for readers in place of what was uploaded.

Only the content counts, not the name or type sent with it. A separate process makes the files (converter.py).
"""

import hashlib
import re
import subprocess
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from core import isolated_program
from guide.models.pictures import PictureFile
from guide.pictures import converter, files

MAX_BYTES = 10 * 1024 * 1024  # of an upload, and of each stored file
CONVERTER = Path(converter.__file__)
MAX_SECONDS = 45
MAX_WAIT = 5  # seconds for another file

TOO_BIG = "This file is larger than 10 MB. Save a smaller copy: 1280 pixels wide is enough."
DRAWING = "We can’t take SVG files, because they can contain programs. Save the drawing as a PNG and choose that file."
MOVING = "We don’t use moving pictures, because they distract from the text. Choose a still one."
UNSUPPORTED = "Choose a JPEG, PNG or WebP file."
DAMAGED = "We can’t read this file. It may be damaged or incomplete. Save it again as a JPEG or PNG."
TOO_MANY_PIXELS = "This picture has more than 40 million pixels. Save a smaller copy: 1280 pixels wide is enough."
TOO_SMALL = (
    f"This picture is too narrow, or too much is cropped. It must be at least {converter.MIN_WIDTH} pixels wide."
)
BUSY = "We’re checking another file right now. Wait a minute, then choose your file again and save."
REFUSALS = {
    converter.TOO_MANY_PIXELS: TOO_MANY_PIXELS,
    converter.ANIMATED: MOVING,
    converter.TOO_SMALL: TOO_SMALL,
}
IS_PICTURE = re.compile(rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|RIFF....WEBP", re.DOTALL)
IS_DRAWING = re.compile(rb"<svg[\s>]", re.IGNORECASE)
SIZE = re.compile(r"([1-9]\d{2,3})x([1-9]\d{0,3})\.(jpg|png)")
BEGINNING = 2000  # bytes, within which an SVG file says what it is


class InvalidPicture(ValueError):
    """The file is refused. The message tells its sender why."""


def store_upload(data: bytes, cut: Sequence[int] = (0, 0, 0, 0)) -> PictureFile:
    """Crop a picture by these percentages (top, right, bottom, left) and store it. Raises InvalidPicture."""
    _check(data)
    return _store(data, *map(str, cut))


def store_again(widest: bytes) -> PictureFile:
    """Store a picture again under the same name, such as one from the content files. Raises InvalidPicture."""
    _check(widest)
    return _store(widest)


def _check(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise InvalidPicture(TOO_BIG)
    if IS_DRAWING.search(data[:BEGINNING]):
        raise InvalidPicture(DRAWING)
    if data.startswith(b"GIF8"):
        raise InvalidPicture(MOVING)
    if not IS_PICTURE.match(data):
        raise InvalidPicture(UNSUPPORTED)


def _store(data: bytes, *arguments: str) -> PictureFile:
    file, contents = _unpacked(_converted(data, *arguments))
    files.store(file, contents)
    return file


def _converted(data: bytes, *arguments: str) -> bytes:
    try:
        done = isolated_program.run(CONVERTER, data, *arguments, seconds=MAX_SECONDS, wait=MAX_WAIT)
    except isolated_program.Busy as error:
        raise InvalidPicture(BUSY) from error
    except subprocess.TimeoutExpired as error:
        raise InvalidPicture(DAMAGED) from error
    if done.returncode:
        raise InvalidPicture(REFUSALS.get(done.returncode, DAMAGED))
    return done.stdout


def _unpacked(output: bytes) -> tuple[PictureFile, dict[str, bytes]]:
    """Return the files that the converter made. Only the expected names are read."""
    with zipfile.ZipFile(BytesIO(output)) as archive:
        size = SIZE.fullmatch(archive.comment.decode())
        if size is None or any(entry.file_size > MAX_BYTES for entry in archive.infolist()):
            raise InvalidPicture(DAMAGED)
        digest = hashlib.sha256(archive.read(f"{size[1]}.{size[3]}")).hexdigest()[:32]
        file = PictureFile(digest, int(size[1]), int(size[2]), size[3])
        names = [f"{width}.{suffix}" for width in file.widths for suffix in ("avif", "webp", file.suffix)]
        return file, {name: archive.read(name) for name in names}
