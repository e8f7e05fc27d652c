"""Pictures among the content files."""

import shutil
import zipfile

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from guide.content_io.checks import content_errors
from guide.content_io.reader import FOLDER, read_content
from guide.models import Picture, Source
from tests.guide.content_io.test_exporter import empty_the_guide, export
from tests.guide.pictures.samples import image, library_picture


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "content")


def with_picture(folder, yaml="title: T\nalt: A\ncredit: C\nlicense: own\n", data=None):
    (folder / "pictures").mkdir()
    (folder / "pictures" / "halves.yaml").write_text(yaml)
    if data != b"":
        (folder / "pictures" / "halves.png").write_bytes(data or image())
    return folder


def test_pictures_survive_an_export_and_a_load_byte_for_byte(guide, tmp_path):
    library_picture(caption="Both: “halves”.[^S1]\n\nAnd more.[^S1]")
    library_picture(key="own", license="own", source_url="", caption="")
    before = list(Picture.objects.values("key", "title", "alt", "caption", "credit", "license", "source_url", "file"))
    files = export(tmp_path / "one")
    assert [name for name in files if name.startswith("pictures/")] == [
        f"pictures/{name}" for name in ("own.png", "own.yaml", "tablets.png", "tablets.yaml")
    ]
    empty_the_guide()
    shutil.rmtree(settings.PRIVATE_ROOT / "pictures")
    call_command("load_guide", folder=tmp_path / "one", verbosity=0)
    assert export(tmp_path / "two") == files
    assert before == list(
        Picture.objects.values("key", "title", "alt", "caption", "credit", "license", "source_url", "file")
    )


def test_a_removed_picture_is_removed_from_the_folder(guide, tmp_path, capsys):
    picture = library_picture()
    export(tmp_path)
    picture.delete()
    call_command("export_guide", tmp_path)
    assert not list((tmp_path / "pictures").iterdir())
    assert "Removed pictures/tablets.yaml" in capsys.readouterr().out


def test_the_zip_has_the_pictures(guide, tmp_path):
    library_picture()
    call_command("export_guide", archive=tmp_path / "guide.zip")
    with zipfile.ZipFile(tmp_path / "guide.zip") as archive:
        assert archive.read("guide/pictures/tablets.png").startswith(b"\x89PNG")


def test_loading_keeps_what_an_editor_changed(guide, folder):
    library_picture(key="halves", title="Edited")
    call_command("load_guide", folder=with_picture(folder), verbosity=0)
    assert Picture.objects.get().title == "Edited"


@pytest.mark.parametrize(
    ("yaml", "data", "message"),
    [
        ("title: T\n", None, r"halves\.yaml:1: the picture lacks alt, credit, license"),
        ("title: T\nalt: A\ncredit: C\nlicense: own\n", b"", r"halves\.yaml:1: there is no halves\.jpg or halves\.png"),
        ("title: T\nalt: A\ncredit: C\nlicense: own\n", b"<svg></svg>", r"halves\.png: We can’t take SVG files"),
        ("title: T\nalt: A\ncredit: C\nlicense: cc-by\n", None, r"halves\.yaml:1: Give the address of the page"),
        (
            "title: T\nalt: A\ncredit: C\nlicense: own\ncaption: B.[^S999]\n",
            None,
            r"halves\.yaml:\d: source S999 is not in",
        ),
    ],
)
def test_an_error_names_its_file_and_nothing_is_loaded(db, folder, yaml, data, message):
    with pytest.raises(CommandError, match=message):
        call_command("load_guide", folder=with_picture(folder, yaml, data), verbosity=0)
    assert not Source.objects.exists()


def test_a_caption_is_checked_like_any_text(folder):
    yaml = "title: A drunk\nalt: A\ncredit: Addicts United\nlicense: own\ncaption: It halves deaths.\n"
    assert content_errors(read_content(with_picture(folder, yaml))) == [
        "halves.yaml:5: no source for “It halves deaths.”"
    ]
