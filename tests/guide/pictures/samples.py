"""Small pictures, as files and as rows of the library."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

from guide.models import Picture
from guide.pictures import files
from guide.pictures.uploads import store_upload


def image(kind="PNG", size=(400, 200), **saved):
    """Return a picture whose left half is red and whose right half is blue."""
    drawn = Image.new("RGB", size, "red")
    ImageDraw.Draw(drawn).rectangle((size[0] // 2, 0, *size), fill="blue")
    data = BytesIO()
    drawn.save(data, kind, **saved)
    return data.getvalue()


@lru_cache
def _stored():
    file = store_upload(image())
    return file, {path.name: path.read_bytes() for path in files.folder_of(file.digest).iterdir()}


def stored():
    """Return the file of a stored picture. It is converted once, and written again where a test has removed it."""
    file, contents = _stored()
    files.store(file, contents)
    return file


def library_picture(**changes):
    fields = {
        "key": "tablets",
        "title": "Two halves",
        "alt": "A red and a blue half",
        "caption": "Both halves.[^S1]",
        "credit": "Jane Lind",
        "license": "cc-by",
        "source_url": "https://example.org/halves",
        "file": str(stored()),
    }
    return Picture.objects.create(**fields | changes)
