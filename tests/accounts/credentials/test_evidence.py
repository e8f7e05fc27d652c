import re
import struct
import zipfile
import zlib
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image

from accounts.credentials import evidence
from accounts.credentials.evidence import InvalidEvidence, validate
from core import isolated_program
from tests.accounts.samples import PDF, picture


def pdf(*, catalog=b"", page=b"", objects=(), encrypt=b""):
    """A PDF of one page with these entries and further objects, from 4 on."""
    parts = [
        b"<</Type /Catalog /Pages 2 0 R " + catalog + b">>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] " + page + b">>",
        *objects,
    ]
    data, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    return data + b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d /Root 1 0 R %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        size, table, size, encrypt, len(data)
    )  # fmt: skip


def stream(content, entries=b""):
    return b"<<%s /Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def zip_of(name="x.html", text="<script>"):
    data = BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(name, text)
    return data.getvalue()


def test_the_type_of_a_file_is_detected_from_its_content():
    found = [validate(data) for data in (PDF, picture("PNG"), picture("JPEG"), pdf())]
    pdf_kind = ("application/pdf", ".pdf")
    assert [(f.content_type, f.suffix) for f in found] == [
        pdf_kind,
        ("image/png", ".png"),
        ("image/jpeg", ".jpg"),
        pdf_kind,
    ]


WRONG = {
    "empty": (b"", evidence.UNSUPPORTED_TYPE),
    "text": (b"my license is 42", evidence.UNSUPPORTED_TYPE),
    "html": (b"<!doctype html><script>alert(1)</script>", evidence.UNSUPPORTED_TYPE),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", evidence.UNSUPPORTED_TYPE),
    "gif": (picture("GIF", mode="P"), evidence.UNSUPPORTED_TYPE),
    "webp": (picture("WEBP"), evidence.UNSUPPORTED_TYPE),
    "zip": (zip_of(), evidence.UNSUPPORTED_TYPE),
    "program": (b"MZ\x90\x00" + b"\x00" * 64, evidence.UNSUPPORTED_TYPE),
    "pdf that begins later": (b"\n" + PDF, evidence.UNSUPPORTED_TYPE),
    "pdf without pages": (b"%PDF-1.4\n1 0 obj\n<</Type /Catalog>>\nendobj\n%%EOF\n", evidence.DAMAGED),
    "pdf with a password": (
        pdf(objects=[b"<</Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4>>" % (b"00" * 32, b"11" * 32)],
            encrypt=b"/Encrypt 4 0 R /ID [<00> <00>]"),
        evidence.PROTECTED_PDF,
    ),
    "pdf of many pages": (picture("PDF", save_all=True, append_images=[Image.new("1", (9, 9))] * 20), evidence.TOO_MANY_PAGES),
    "png cut short": (picture("PNG", (400, 400))[:60], evidence.DAMAGED),
    "jpeg with nothing in it": (b"\xff\xd8\xff\xe0" + b"\x00" * 100, evidence.DAMAGED),
    "too large": (PDF + b"\n" * evidence.MAX_BYTES, evidence.TOO_BIG),
}  # fmt: skip
SCRIPT = b"<</S /JavaScript /JS (app.alert\\(1\\))>>"
PACKED = zlib.compress(b"5 0 " + SCRIPT)
ACTIVE = {
    "javascript": pdf(catalog=b"/OpenAction " + SCRIPT),
    "javascript with a letter written as a number": pdf(catalog=b"/OpenAction <</S /J#61vaScript /JS (app.alert\\(1\\))>>"),
    "javascript on a page": pdf(page=b"/AA <</O " + SCRIPT + b">>"),
    "launch": pdf(catalog=b"/OpenAction <</S /Launch /F (cmd.exe)>>"),
    "another computer's file": pdf(catalog=b"/OpenAction <</S /GoToR /F (\\\\\\\\198.51.100.7\\\\x) /D [0 /Fit]>>"),
    "a web page": pdf(catalog=b"/OpenAction <</S /URI /URI (https://e.example/opened)>>"),
    "a rendition": pdf(catalog=b"/OpenAction <</S /Rendition /JS (app.alert\\(1\\))>>"),
    "an embedded file": pdf(
        catalog=b"/Names <</EmbeddedFiles <</Names [(x.exe) 4 0 R]>>>>",
        objects=[b"<</Type /Filespec /F (x.exe) /EF <</F 5 0 R>>>>", stream(b"MZ", b"/Type /EmbeddedFile")],
    ),
    "packed javascript behind a predictor": pdf(
        catalog=b"/OpenAction 5 0 R",
        objects=[stream(PACKED, b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /DecodeParms <</Predictor 12>>")],
    ),
    "html in the head": PDF[:9] + b"%<html><script>alert(1)</script>\n" + PDF[9:],
    "zip after the end": PDF + zip_of(),
    "html after the end": PDF + b"<script>alert(1)</script>",
    "metadata": picture("PDF", title="Ingrid Verysecret Lind", author="Ingrid Verysecret Lind"),
}  # fmt: skip
LEFT_BEHIND = re.compile(
    rb"JavaScript|app\.alert|Launch|GoTo|URI|Rendition|EmbeddedFile|OpenAction|/AA|ObjStm|script|Verysecret|PK\x03|198\.51"
)


@pytest.mark.parametrize("name", WRONG)
def test_wrong_kinds_are_refused_with_a_sentence(name):
    data, sentence = WRONG[name]
    with pytest.raises(InvalidEvidence) as refusal:
        validate(data)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize("name", ACTIVE)
def test_only_pictures_of_a_pdfs_pages_are_kept(name):
    kept = validate(ACTIVE[name]).content
    assert (kept[:5], LEFT_BEHIND.findall(kept)) == (b"%PDF-", [])
    assert validate(kept).content_type == "application/pdf"


def test_the_pages_of_a_pdf_stay_readable():
    words = b"BT /F1 24 Tf 20 40 Td (LICENSE 42) Tj ET"
    font = b"/Resources <</Font <</F1 <</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>>>>> /Contents 4 0 R"
    blank, written = (render(validate(pdf(page=font, objects=[stream(text)])).content) for text in (b"", words))
    assert (blank.getextrema(), written.getextrema()[0][0] < 60) == (((255, 255),) * 3, True)


def render(data):
    return pypdfium2.PdfDocument(data)[0].render().to_pil().convert("RGB")


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


def test_a_large_photograph_is_kept_at_a_fraction_of_its_size():
    assert Image.open(BytesIO(validate(picture(size=(6_000, 4_000), mode="L")).content)).size == (3_000, 2_000)
    with pytest.raises(InvalidEvidence, match="too large"):
        validate(picture(size=(6_000, 4_000), mode="L", progressive=True))


def test_the_site_itself_decodes_nothing(monkeypatch):
    """A small file can unpack to hundreds of megabytes: they are another process's, which has a limit."""
    monkeypatch.setattr(Image, "open", lambda *args, **kwargs: pytest.fail("decoded in the site's process"))
    assert validate(picture("PNG", size=(3_600, 3_600), mode="1")).suffix == ".png"


def test_a_file_that_needs_too_much_memory_or_time_is_refused(monkeypatch, tmp_path):
    for body in ("resource.setrlimit(resource.RLIMIT_AS, (2**27, 2**27)); bytearray(2**28)", "time.sleep(60)"):
        (tmp_path / "converter.py").write_text(f"import resource, time\n{body}\n")
        monkeypatch.setattr(evidence, "CONVERTER", tmp_path / "converter.py")
        monkeypatch.setattr(evidence, "MAX_SECONDS", 1)
        with pytest.raises(InvalidEvidence, match="can’t read"):
            validate(PDF)


def test_one_file_is_copied_at_a_time(monkeypatch):
    monkeypatch.setattr(evidence, "MAX_WAIT", 0.01)
    with isolated_program.one_at_a_time, pytest.raises(InvalidEvidence, match="in a minute"):
        validate(PDF)
    assert validate(PDF).suffix == ".pdf"
