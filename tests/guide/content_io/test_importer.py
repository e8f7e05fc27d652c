import re
import shutil
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from guide.content_io.reader import FOLDER
from guide.models import Article, ArticleRevision, Question, Source
from guide.review.revisions import Draft, write_revision
from guide.review.workflow import publish_urgently


def load(folder=FOLDER):
    out = StringIO()
    call_command("load_guide", folder=folder, stdout=out)
    return out.getvalue()


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(FOLDER, tmp_path / "content")


def test_loading_twice_changes_nothing(guide):
    before = list(ArticleRevision.objects.values_list("pk", "body")), Source.objects.count(), Question.objects.count()
    assert load() == "Nothing to load.\n"
    assert before == (
        list(ArticleRevision.objects.values_list("pk", "body")),
        Source.objects.count(),
        Question.objects.count(),
    )


def test_an_article_edited_in_the_admin_is_not_overwritten(guide, elif_, folder):
    article = Article.objects.get(slug="history")
    mine = write_revision(article, Draft("Mine", "Mine.", "Mine.[^site]", "## Mine\n"), by=elif_)
    publish_urgently(mine.proposal, by=elif_, reason="x")
    with (folder / "articles" / "history.md").open("a") as file:
        file.write("\nNewer in the file.[^site]\n")
    assert "Skipped article history: edited in the admin." in load(folder)
    article.refresh_from_db()
    assert article.live_revision == mine


def test_a_newer_file_updates_an_unedited_article(guide, folder):
    with (folder / "articles" / "history.md").open("a") as file:
        file.write("\nNewer in the file.[^site]\n")
    load(folder)
    assert "Newer in the file." in Article.objects.get(slug="history").live_revision.body_html


def test_a_page_shows_the_day_of_its_text_and_not_of_the_load(guide, folder, client):
    file = folder / "articles" / "history.md"
    file.write_text(re.sub(r"(?m)^written: .*$", "written: 2026-10-09", file.read_text()))
    load(folder)
    page = client.get("/guide/history/").content.decode()
    assert "<span>Written 9 October 2026</span>" in page
    assert '"dateModified": "2026-10-09"' in page.replace('":"', '": "')


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Text.[^S999]", r"history\.md:\d+: source S999 is not in sources\.yaml"),
        ("Text.[^Smith]", r"history\.md:\d+: \[\^Smith\] is not a citation"),
        ("Text.[^CHECK 2026-13-01]", r"history\.md:\d+: 2026-13-01 is not a date"),
        ("[[nonsense]]", r"history\.md:\d+: There is no part called \[\[nonsense\]\]"),
        ("[[figure:nonsense]]", r"history\.md:\d+: \[\[figure:nonsense\]\]: there is no 'nonsense'"),
    ],
)
def test_an_error_names_its_file_and_line_and_nothing_is_loaded(db, folder, line, message):
    path = folder / "articles" / "history.md"
    number = path.read_text().count("\n") + 2
    with path.open("a") as file:
        file.write(f"\n{line}\n")
    with pytest.raises(CommandError, match=message) as caught:
        load(folder)
    assert f"history.md:{number}:" in str(caught.value)
    assert Article.objects.count() == 0


def test_an_article_that_is_too_long_is_refused(db, folder):
    with (folder / "articles" / "history.md").open("a") as file:
        file.write("x" * 200_000)
    with pytest.raises(CommandError, match="at most 100,000 are allowed"):
        load(folder)


def test_front_matter_must_be_complete(db, folder):
    (folder / "articles" / "history.md").write_text("---\ntitle: History\n---\nText.\n")
    with pytest.raises(CommandError, match=r"history\.md:1: the front matter lacks in_short"):
        load(folder)
