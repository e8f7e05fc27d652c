import struct
import zipfile
import zlib
from io import BytesIO

import pytest
from PIL import Image

from accounts.credentials import evidence
from accounts.credentials.evidence import InvalidEvidence, validate
from tests.accounts.samples import PDF, picture


def pdf(middle=b"", *, end=b"%%EOF\n"):
    return b"%PDF-1.7\n" + middle + b"\ntrailer\n<</Root 1 0 R>>\n" + end


def packed(objects):
    data = zlib.compress(objects)
    return pdf(
        b"5 0 obj\n<</Type /ObjStm /N 1 /First 4 /Filter /FlateDecode>>\nstream\n" + data + b"\nendstream\nendobj"
    )


def zip_of(name="x.html", text="<script>"):
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(name, text)
    return data.getvalue()


def test_the_type_of_a_file_is_detected_from_its_content():
    found = [validate(data) for data in (PDF, picture("PNG"), picture("JPEG"), packed(b"1 0 <</Type /Catalog>>"))]
    pdf_kind = ("application/pdf", ".pdf")
    assert [(f.content_type, f.suffix) for f in found] == [
        pdf_kind,
        ("image/png", ".png"),
        ("image/jpeg", ".jpg"),
        pdf_kind,
    ]


WRONG = {
    "empty": (b"", evidence.UNSUPPORTED_TYPE),
    "text": (b"my licence is 42", evidence.UNSUPPORTED_TYPE),
    "html": (b"<!doctype html><script>alert(1)</script>", evidence.UNSUPPORTED_TYPE),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", evidence.UNSUPPORTED_TYPE),
    "gif": (picture("GIF", mode="P"), evidence.UNSUPPORTED_TYPE),
    "webp": (picture("WEBP"), evidence.UNSUPPORTED_TYPE),
    "zip": (zip_of(), evidence.UNSUPPORTED_TYPE),
    "program": (b"MZ\x90\x00" + b"\x00" * 64, evidence.UNSUPPORTED_TYPE),
    "pdf that begins later": (b"\n" + PDF, evidence.UNSUPPORTED_TYPE),
    "pdf cut short": (PDF[:-8], evidence.DAMAGED),
    "png cut short": (picture("PNG", (400, 400))[:60], evidence.DAMAGED),
    "jpeg with nothing in it": (b"\xff\xd8\xff\xe0" + b"\x00" * 100, evidence.DAMAGED),
    "too large": (PDF + b"\n" * evidence.MAX_BYTES, evidence.TOO_BIG),
}
POLYGLOTS = {
    "html in the head": pdf(b"%<html><script>alert(1)</script>"),
    "html written large": pdf(b"%<ScRiPt>alert(1)</ScRiPt>"),
    "php": pdf(b"%<?php system($_GET[0]);"),
    "zip after the end": PDF + zip_of(),
    "zip whose comment ends like a pdf": PDF + zip_of()[:-2] + struct.pack("<H", 6) + b"\n%%EOF",
    "zip in the head": pdf(zip_of()),
    "html after the end": PDF + b"<script>alert(1)</script>",
}
LIVELY = {
    "javascript": pdf(b"1 0 obj <</OpenAction <</S /JavaScript /JS (app.alert\\(1\\))>>>> endobj"),
    "javascript with a letter written as a number": pdf(b"<</S /J#61vaScript>>"),
    "launch": pdf(b"<</S /Launch /F (cmd.exe)>>"),
    "embedded file": pdf(b"<</EmbeddedFile 3 0 R>>"),
    "embedded files": pdf(b"<</Names <</EmbeddedFiles 3 0 R>>>>"),
    "password": pdf(b"<</Encrypt 4 0 R>>"),
    "packed javascript": packed(b"1 0 <</S /JavaScript>>"),
    "packed so that nobody can look": pdf(b"<</Type /ObjStm>>\nstream\nnot packed\nendstream"),
    "packed under a hidden name": packed(b"1 0 <</S /JavaScript>>").replace(b"/ObjStm", b"/Obj#53tm"),
    "packed bomb": packed(b"\x00" * 20_000_000),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_kinds_are_refused_with_a_sentence(name):
    data, sentence = WRONG[name]
    with pytest.raises(InvalidEvidence) as refusal:
        validate(data)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("name", POLYGLOTS)
def test_a_file_that_is_two_things_is_refused(name):
    with pytest.raises(InvalidEvidence) as refusal:
        validate(POLYGLOTS[name])
    assert str(refusal.value) == evidence.EMBEDDED_CONTENT


@pytest.mark.parametrize("name", LIVELY)
def test_a_pdf_that_does_something_is_refused(name):
    with pytest.raises(InvalidEvidence) as refusal:
        validate(LIVELY[name])
    assert str(refusal.value) == evidence.ACTIVE_CONTENT


def test_where_a_photograph_was_taken_is_left_behind():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    sent = picture(exif=exif, comment=b"taken at home")
    assert b"SecretCamera" in sent
    assert Image.open(BytesIO(sent)).getexif().get_ifd(0x8825)
    kept = validate(sent).content
    opened = Image.open(BytesIO(kept))
    assert dict(opened.getexif()) == {}
    assert [mark in kept for mark in (b"SecretCamera", b"Exif", b"taken at home")] == [False, False, False]


def test_png_metadata_and_trailing_data_are_removed():
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", "Ingrid Lind")
    kept = validate(picture("PNG", pnginfo=words) + zip_of() + b"<script>").content
    assert [mark in kept for mark in (b"Ingrid", b"<script>", b"PK\x03\x04")] == [False, False, False]


def test_a_turned_photograph_stays_upright_and_a_clear_one_gets_white_paper():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    assert Image.open(BytesIO(validate(picture(size=(40, 30), exif=exif)).content)).size == (30, 40)
    clear = BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(clear, "PNG")
    assert Image.open(BytesIO(validate(clear.getvalue()).content)).getpixel((1, 1)) == (255, 255, 255)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("side", [6_000, 12_000, 60_000])
def test_a_picture_that_unpacks_to_gigabytes_is_refused_before_it_is_unpacked(side):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\x00" * 100_000)) + chunk(b"IEND", b"")
    with pytest.raises(InvalidEvidence) as refusal:
        validate(bomb)
    assert str(refusal.value) == evidence.TOO_MANY_PIXELS
