"""Drafts and autosaves of articles and rows."""

import pytest
from django.core.exceptions import PermissionDenied

from guide.models import Autosave, Proposal, Question
from guide.review.drafts import autosave, find_autosave, save_draft
from guide.review.exceptions import StaleDraft
from guide.review.revisions import Draft, write_revision
from tests.guide.review.conftest import approved, form_url, row_proposed, save, typed

NEW = Draft("New", "S", "Short.[^site]", "New text.[^site]\n")
TYPED = {"title": "New", "summary": "S", "in_short": "Short.[^site]", "body": "New text.[^site]", "note": "why"}


def test_a_double_click_makes_one_revision(article, elif_):
    begun = str(article.live_revision_id)
    first = save_draft(article, NEW, based_on=begun, by=elif_)
    assert (first.number, save_draft(article, NEW, based_on=begun, by=elif_)) == (2, None)
    assert article.revisions.count() == 2


def test_a_stale_draft_is_refused(article, elif_):
    begun = str(article.live_revision_id)
    save_draft(article, NEW, based_on=begun, by=elif_)
    other = Draft("Other", "S", "Short.[^site]", "Other.")
    with pytest.raises(StaleDraft):
        save_draft(article, other, based_on=begun, by=elif_)
    assert article.revisions.count() == 2


def test_only_editors_save_or_autosave(article, maya):
    with pytest.raises(PermissionDenied):
        save_draft(article, NEW, based_on="", by=maya)
    with pytest.raises(PermissionDenied):
        autosave(article, TYPED, based_on="", by=maya)


def test_an_autosave_is_private_and_deleted_on_saving(article, elif_, vera):
    autosave(article, TYPED, based_on="1", by=elif_)
    autosave(article, TYPED | {"title": "Newer"}, based_on="1", by=elif_)
    assert find_autosave(article, elif_).fields["title"] == "Newer"
    assert find_autosave(article, vera) is None
    save_draft(article, NEW, based_on="", by=elif_)
    assert not Autosave.objects.exists()


def test_a_saved_text_is_not_autosaved_again(article, elif_):
    save_draft(article, NEW, based_on="", by=elif_)
    assert autosave(article, TYPED, based_on="1", by=elif_) is None


def test_an_autosave_equal_to_the_newest_text_is_not_offered(article, elif_, vera):
    autosave(article, TYPED, based_on="1", by=elif_)
    write_revision(article, NEW, by=vera)
    assert find_autosave(article, elif_) is None


def test_nul_characters_are_not_autosaved(article, elif_):
    found = autosave(article, {"title": "How it\x00 works", "related": ["1\x00"]}, based_on="", by=elif_)
    assert found.fields == {"title": "How it works", "related": ["1"]}


def test_an_autosave_that_is_too_long_is_refused(article, elif_):
    with pytest.raises(ValueError, match="300,000"):
        autosave(article, TYPED | {"body": "x" * 300_000}, based_on="", by=elif_)


def test_a_new_draft_of_a_row_keeps_changes_by_others(question, editor, elif_, dr_okafor):
    row_proposed(question, elif_, answer="New.[^S1]")
    Question.objects.filter(pk=question.pk).update(question="Asked anew?")
    _, second = save(editor, question)
    assert (second.content["answer"], second.content["question"]) == ("New.[^S1]", "Asked anew?")
    approved(second, elif_, dr_okafor)
    question.refresh_from_db()
    assert (question.answer, question.question) == ("New.[^S1]", "Asked anew?")


def test_a_conflict_between_two_editors_loses_nothing(question, client, elif_, ada):
    client.force_login(elif_)
    hers = typed(client.get(form_url(question)))
    client.force_login(ada)
    _, first = save(client, question, answer="Ada’s.[^S1]")
    client.force_login(elif_)
    answer = client.post(form_url(question), hers | {"answer": "Elif’s.[^S1]"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Someone else changed this since you opened it" in html
    assert "<del>Ada’s.[^S1]</del>" in html
    assert "Elif’s" in html
    assert Proposal.objects.of_rows().get() == first
    client.post(form_url(question), typed(answer))
    second = Proposal.objects.get(replaces=first)
    assert second.content["answer"] == "Elif’s.[^S1]"
