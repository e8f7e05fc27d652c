import filecmp
import random
import shutil
import zipfile

import pytest
import yaml
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone

from guide import models
from guide.content_io.exporter import guide_files
from guide.content_io.reader import FOLDER, read_content
from guide.content_io.yaml_format import Folded, Keys, as_article, as_yaml
from guide.models import Article, ArticleRevision, GlossaryTerm, HelpLine, Question, SideEffect, Source
from guide.review.revisions import Draft, write_revision
from guide.review.workflow import CHECKLIST, approve, submit
from tests.conftest import empty_caches, person
from tests.effort import examples
from tests.guide.pages.test_views import PAGES


def export(folder):
    call_command("export_guide", folder, verbosity=0)
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def public_pages(client):
    empty_caches()
    urls = [*PAGES, *(a.get_absolute_url() for a in Article.objects.published().order_by("slug"))]
    return {url: client.get(url).content for url in urls}


def empty_the_guide():
    tables = [m._meta.db_table for m in vars(models).values() if isinstance(m, type) and hasattr(m, "_meta")]
    connection.check_constraints()  # nothing may wait for the end of the transaction
    with connection.cursor() as cursor:
        cursor.execute(f"truncate {', '.join(tables)} restart identity cascade")


def test_a_freshly_loaded_guide_is_exported_as_the_same_files(guide, tmp_path):
    export(tmp_path)
    compared = filecmp.dircmp(FOLDER, tmp_path)
    folders = [compared, *compared.subdirs.values()]
    assert [folder.left_only + folder.right_only for folder in folders] == [[], [], []]
    same = [*compared.common_files]
    same += [f"{name}/{file}" for name, inside in compared.subdirs.items() for file in inside.common_files]
    assert [name for name in same if (FOLDER / name).read_bytes() != (tmp_path / name).read_bytes()] == []
    assert len(same) > 40


def edit_everything(editor):
    """What an editor may do to a guide between loading and export, the awkward characters among it."""
    history = Article.objects.get(slug="history")
    words = Draft(
        "Its story: 1963 – today",
        'A "short" one---',
        "In short: yes.[^S1]\n",
        "\n## Café\n\nText.[^S1]\n---\n- a[^S1]\n",
        public_note="The “story” is newer: it goes on",
        related=sorted(Article.objects.filter(slug__in=["uses", "costs"]).values_list("pk", flat=True)),
        slug="its-story",
    )
    text = write_revision(history, words, by=editor).proposal
    submit(text, by=editor)
    approve(text, by=person("rhea", "Rhea", is_staff=True, is_superuser=True), checked=CHECKLIST)
    write_revision(Article.objects.get(slug="uses"), Draft("Never seen", "x", "x", "x"), by=editor)
    Question.objects.filter(slug="how-often").update(answer="No: “once”\n\n- a\n- b[^S1]", position=40)
    Source.objects.create(key="S900", title="# odd: [title]", kind="trial", checked=timezone.now(), note="a\n  b")
    GlossaryTerm.objects.filter(slug="vivitrol").update(aliases=["yes", "1e3", "Ünï"], definition="null")
    HelpLine.objects.update(position=7)
    HelpLine.objects.filter(phone="911").update(note="Call.[^S7]\n")  # a physical update moves the row within its table
    SideEffect.objects.filter(position=10).update(percent="7.5", check_date=None)


def test_every_page_survives_an_export_and_a_load_into_an_empty_database(guide, client, elif_, tmp_path):
    edit_everything(elif_)
    call_command("shell", "-v0", "-c", "from guide.search.index import rebuild_index; rebuild_index()")
    files, pages = export(tmp_path / "one"), public_pages(client)
    empty_the_guide()
    empty_caches()
    assert client.get("/guide/its-story/").status_code == 404
    call_command("load_guide", folder=tmp_path / "one", verbosity=0)
    assert client.get("/guide/history/")["Location"] == "/guide/its-story/"
    assert public_pages(client) == pages
    assert export(tmp_path / "two") == files
    assert b"<h1>Its story: 1963 \xe2\x80\x93 today</h1>" in pages["/guide/its-story/"]
    assert "The “story” is newer".encode() in pages["/guide/its-story/"]
    assert b"Never seen" not in b"".join(files.values())


def test_exported_files_can_be_loaded(guide, tmp_path):
    export(tmp_path)
    assert len(read_content(tmp_path).articles) == Article.objects.published().count()


def test_loading_reformatted_files_writes_no_revision(guide, tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "content")
    file = folder / "articles" / "uses.md"
    file.write_text(file.read_text().replace("\nsafety: ", "\nsafety:   "))
    before = ArticleRevision.objects.count()
    call_command("load_guide", folder=folder, verbosity=0)
    assert ArticleRevision.objects.count() == before
    file.write_text(file.read_text().replace("position: ", "position: 1"))
    call_command("load_guide", folder=folder, verbosity=0)
    assert ArticleRevision.objects.count() == before + 1
    assert Article.objects.get(slug="uses").live.position > 100


def test_obsolete_article_files_are_removed_only_from_a_guide_folder(guide, tmp_path, capsys):
    (tmp_path / "articles").mkdir()
    stranger = tmp_path / "articles" / "mine.md"
    stranger.write_text("mine")
    call_command("export_guide", tmp_path)
    assert stranger.read_text() == "mine"
    call_command("export_guide", tmp_path)
    assert not stranger.exists()
    assert "Removed articles/mine.md" in capsys.readouterr().out


def test_the_zip_for_translators_contains_the_guide_a_readme_and_the_terms(guide, tmp_path):
    GlossaryTerm.objects.create(slug="evil", term="=cmd()", definition="x")
    for name in ("one.zip", "two.zip"):
        call_command("export_guide", archive=tmp_path / name, translators=True)
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        held = {name: archive.read(name).decode() for name in archive.namelist()}
    assert {n.removeprefix("guide/"): t for n, t in held.items() if n.startswith("guide/")} == guide_files()
    assert f"{Article.objects.count()} articles" in held["README.md"]
    assert "[^S12]" in held["README.md"]
    assert held["terms.csv"].count("\n") == GlossaryTerm.objects.count() + 1
    assert "evil,'=cmd()," in held["terms.csv"]


def test_a_plain_zip_contains_only_the_files(guide, tmp_path):
    call_command("export_guide", archive=tmp_path / "g.zip")
    with zipfile.ZipFile(tmp_path / "g.zip") as archive:
        assert {n.split("/")[0] for n in archive.namelist()} == {"guide"}


@pytest.mark.parametrize("arguments", [{}, {"translators": True}, {"archive": "a", "folder": "b"}])
def test_the_command_reports_missing_arguments(db, arguments):
    with pytest.raises(CommandError, match="Name a folder"):
        call_command("export_guide", **arguments)


PIECES = [
    "a",
    "b c",
    "\n",
    "\n\n",
    " ",
    "  ",
    "---",
    "é",
    "…",
    "\t",
    ": ",
    " #",
    "'",
    '"',
    "- ",
    "[",
    "|",
    "> ",
    "\\",
    "%",
    "@",
]
PIECES += ["\u2028", "\x85", "\ufeff", "😀", "&", "*", "!", "null", "1e3", "2026-11-23", "\r\n", "word " * 30]


def test_any_text_survives_writing_and_reading():
    chance = random.Random(1)
    for _ in range(examples(200)):
        text = "".join(chance.choices(PIECES, k=chance.randint(0, 14)))
        row = {"a": text, "b": Folded(text), "c": Keys([text]), "d": 1}
        assert yaml.safe_load(as_yaml([row])) == [row]
        front, body = as_article(row, "Body").removeprefix("---\n").split("---\n", 1)
        assert (yaml.safe_load(front), body) == (row, "Body\n")
