"""Uploaded pictures: what is stored for readers, and what is refused."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core import isolated_program
from guide.models.pictures import parse_file
from guide.pictures import files, uploads
from guide.pictures.uploads import InvalidPicture, store_again, store_upload
from tests.guide.pictures.samples import image, stored

SECRET = "51.5007 N, 0.1246 W"


def contents(file):
    return {path.name: path.read_bytes() for path in files.folder_of(file.digest).iterdir()}


def opened(data):
    return Image.open(BytesIO(data))


def moving(kind):
    data = BytesIO()
    frames = [Image.new("RGB", (400, 200), color) for color in ("red", "blue")]
    frames[0].save(data, kind, save_all=True, append_images=frames[1:])
    return data.getvalue()


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb():
    """A PNG of 100 bytes that claims to be 30,000 pixels wide and high."""
    size = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_readers_get_three_formats_in_each_width_that_the_picture_has():
    file = store_upload(image("JPEG", (1400, 700)))
    assert (file.width, file.height, file.widths) == (1280, 640, [320, 640, 1280])
    assert sorted(contents(file)) == sorted(
        f"{width}.{suffix}" for width in (320, 640, 1280) for suffix in ("avif", "webp", file.suffix)
    )
    shown = {name: opened(data) for name, data in contents(file).items()}
    assert {name: found.size for name, found in shown.items()} == {
        name: (int(name.split(".")[0]), int(name.split(".")[0]) // 2) for name in shown
    }
    assert {name.split(".")[1]: found.format for name, found in shown.items()} == {
        "avif": "AVIF", "webp": "WEBP", file.suffix: {"png": "PNG", "jpg": "JPEG"}[file.suffix]
    }  # fmt: skip
    assert stored().widths == [320, 400]


def test_no_file_has_anything_of_the_uploads_metadata():
    about = PngInfo()
    about.add_text("Comment", SECRET)
    exif = Image.Exif()
    exif[0x010E] = SECRET
    for data in (
        image("JPEG", exif=exif, comment=SECRET.encode()),
        image("PNG", pnginfo=about),
        image("WEBP", exif=exif),
    ):
        assert SECRET.encode() in data
        kept = contents(store_upload(data))
        assert [name for name, file in kept.items() if SECRET.encode() in file] == []
        assert [
            name for name, file in kept.items() if set(opened(file).info) & {"exif", "icc_profile", "comment"}
        ] == []


def test_a_picture_taken_sideways_is_turned_upright():
    sideways = Image.Exif()
    sideways[0x0112] = 6
    file = store_upload(image("JPEG", (800, 400), exif=sideways))
    assert (file.width, file.height) == (400, 800)


def test_cropped_parts_are_in_no_file():
    file = store_upload(image(size=(1000, 500)), (20, 0, 0, 50))
    assert (file.width, file.height) == (500, 400)
    colors = {opened(data).convert("RGB").getpixel((5, 5)) for name, data in contents(file).items() if "png" in name}
    assert colors == {(0, 0, 255)}


def test_a_transparent_picture_gets_a_white_background():
    data = BytesIO()
    Image.new("RGBA", (400, 200), (0, 0, 0, 0)).save(data, "PNG")
    file = store_upload(data.getvalue())
    assert opened(files.widest(str(file))).convert("RGB").getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
            "SVG files",
        ),
        (image("GIF"), "Choose a still one"),
        (moving("PNG"), "Choose a still one"),
        (moving("WEBP"), "Choose a still one"),
        (b"<html><script>alert(1)</script></html>", "JPEG, PNG or WebP"),
        (b"%PDF-1.7", "JPEG, PNG or WebP"),
        (b"", "JPEG, PNG or WebP"),
        (image()[:200], "can’t read"),
        (b"\x89PNG\r\n\x1a\n" + b"<script>alert(1)</script>", "can’t read"),
        (bomb(), "more than 40 million pixels"),
        (image(size=(200, 200)), "too narrow"),
        (image("BMP"), "JPEG, PNG or WebP"),
        (b"\xff\xd8\xff" + b"\0" * uploads.MAX_BYTES, "larger than 10 MB"),
    ],
    ids=range(13),
)
def test_other_files_are_refused_with_a_reason(data, message):
    with pytest.raises(InvalidPicture, match=message):
        store_upload(data)


def test_cropping_that_leaves_too_little_is_refused():
    with pytest.raises(InvalidPicture, match="too narrow"):
        store_upload(image(), (0, 40, 0, 40))


def test_the_site_itself_decodes_nothing(monkeypatch):
    monkeypatch.setattr(Image, "open", lambda *args, **kwargs: pytest.fail("decoded in the site's process"))
    assert store_upload(image()) == stored()


def test_a_picture_keeps_its_name_when_it_is_stored_again():
    widest = files.widest(str(stored()))
    assert (store_again(widest), files.widest(str(store_again(widest)))) == (stored(), widest)


def test_one_file_is_converted_at_a_time(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_WAIT", 0.01)
    with isolated_program.one_at_a_time, pytest.raises(InvalidPicture, match="Wait a minute"):
        store_upload(image())


@pytest.mark.parametrize("name", ["", "x", "../../etc/passwd", "0" * 32 + "-400x200.svg", "0" * 32 + "-400x200.png\n"])
def test_an_invalid_name_is_not_a_stored_file(name):
    assert (parse_file(name), files.is_stored(name)) == (None, False)


def test_a_scan_with_many_shades_of_gray_keeps_them():
    scan = Image.new("I;16", (400, 200), 32_768)
    scan.paste(65_535, (200, 0, 400, 200))
    data = BytesIO()
    scan.save(data, "PNG")
    file = store_upload(data.getvalue())
    shown = opened(contents(file)[f"400.{file.suffix}"])
    assert (shown.getpixel((100, 100)), shown.getpixel((300, 100))) == ((128, 128, 128), (255, 255, 255))
