"""Citations of sources, duplicates, and protection of cited sources."""

import pytest
from django.urls import reverse
from zeal import zeal_ignore

from guide.models import Article, OutcomeFigure, Proposal, Question, Source
from guide.review.citations import (
    cited_keys,
    duplicates,
    find_same_doi,
    find_same_url,
    plain_doi,
    plain_url,
    uses_of,
)
from guide.review.revisions import Draft, write_revision
from tests.guide.review.conftest import save, typed

pytestmark = pytest.mark.usefixtures("module_guide", "db")


@pytest.fixture
def fresh(module_guide, db):
    return Source.objects.create(key="S900", title="Fresh", kind="trial", checked="2026-01-01", doi="10.1000/XYZ.1")


def places(source):
    return [use.where for use in uses_of(source)]


def test_uses_of_a_source_include_every_kind_of_place(fresh, elif_, editor):
    assert places(fresh) == []
    article = Article.objects.get(slug="history")
    write_revision(article, Draft("Draft of history", "S", "Short.", "Text.[^S900]"), by=elif_)
    question = Question.objects.first()
    Question.objects.filter(pk=question.pk).update(answer="Yes.[^S900]")
    OutcomeFigure.objects.update(sources=["S900"])
    found = places(fresh)
    assert "Draft of history, revision 2" in found
    assert f"question: {question.question}" in found
    assert sum(place.startswith("outcome figure: ") for place in found) == OutcomeFigure.objects.count()
    _, proposal = save(editor, Question.objects.last(), answer="A.[^S900]")
    assert f"a proposal: {proposal.label}" in places(fresh)
    assert not any("S90" in place for place in places(Source(key="S90")))
    html = editor.get(reverse("admin:guide_source_change", args=[fresh.pk])).content.decode()
    assert "Draft of history, revision 2" in html


def test_a_cited_source_cannot_be_removed(editor):
    cited = Source.objects.get(key="S1")
    gone = reverse("admin:guide_source_delete", args=[cited.pk])
    with zeal_ignore():
        page = editor.get(gone).content.decode()
        assert "would require deleting the following protected related objects" in page
        editor.post(gone, {"post": "yes"})
    assert not Proposal.objects.of_rows().exists()


def test_an_uncited_source_can_be_removed(fresh, editor):
    editor.post(reverse("admin:guide_source_delete", args=[fresh.pk]), {"post": "yes"})
    assert Proposal.objects.of_rows().get().removes is True


@pytest.mark.parametrize("doi", ["10.1000/xyz.1", "https://doi.org/10.1000/XYZ.1", "doi:10.1000/xyz.1"])
def test_a_second_source_with_the_same_doi_is_refused(doi, fresh, editor):
    add = reverse("admin:guide_source_add")
    new = {"key": "S901", "title": "Again", "kind": "trial", "checked": "2026-01-01", "doi": doi}
    html = editor.post(add, typed(editor.get(add)) | new).content.decode()
    assert "S900 is this source already: Fresh" in html
    assert not Proposal.objects.of_rows().exists()


def test_a_source_with_the_same_url_gives_a_warning(fresh, editor):
    other = Source.objects.exclude(url="").first()
    answer, proposal = save(editor, fresh, url=other.url.replace("https://", "http://www.") + "#part")
    assert proposal is not None
    page = editor.get(answer["Location"]).content.decode()
    assert f"{other.key} has the same address" in page


def test_the_page_of_duplicates_lists_both(fresh, editor):
    Source.objects.create(key="S901", title="Twin", kind="x", checked="2026-01-01", doi="doi:10.1000/xyz.1")
    assert [s.key for s in dict(duplicates())["10.1000/xyz.1"]] == ["S900", "S901"]
    html = editor.get(reverse("admin:guide_source_duplicates")).content.decode()
    assert "Twin" in html
    assert find_same_doi("10.1000/xyz.1", fresh.pk).key == "S901"
    assert find_same_doi("", None) is None
    assert find_same_url("", None) is None


@pytest.mark.parametrize(
    ("given", "plain"),
    [("https://dx.doi.org/10.1/A.", "10.1/a"), ("doi: 10.1/a", "10.1/a"), ("DOI:10.1/a", "10.1/a"), ("", "")],
)
def test_plain_doi(given, plain):
    assert plain_doi(given) == plain


def test_plain_url_keeps_path_and_query():
    assert plain_url("https://www.A.org/x/?id=1#y") == "a.org/x/?id=1"
    assert plain_url("http://a.org/x/") == plain_url("https://www.a.org/x")


def test_cited_keys_of_texts_lists_and_parts():
    assert cited_keys(OutcomeFigure, {"sources": ["S1"], "note": "N.[^S2]", "arms": []}) == {"S1", "S2"}
