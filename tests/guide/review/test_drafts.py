"""Drafts of articles and of rows: nothing that was typed is lost, and nobody overwrites a colleague's text."""

import pytest
from django.core.exceptions import PermissionDenied

from guide.models import Autosave, Proposal, Question
from guide.review.drafts import autosave, find_autosave, save_draft
from guide.review.refusals import StaleDraft
from guide.review.revisions import Draft, write_revision
from tests.guide.review.conftest import approved, form_url, row_proposed, save, typed

NEW = Draft("New", "S", "Short.[^site]", "New text.[^site]\n")
TYPED = {"title": "New", "summary": "S", "in_short": "Short.[^site]", "body": "New text.[^site]", "note": "why"}


def test_a_double_click_makes_one_revision(article, elif_):
    begun = str(article.live_revision_id)
    first = save_draft(article, NEW, begun_from=begun, by=elif_)
    assert (first.number, save_draft(article, NEW, begun_from=begun, by=elif_)) == (2, None)
    assert article.revisions.count() == 2


def test_the_second_of_two_is_told(article, elif_):
    begun = str(article.live_revision_id)
    save_draft(article, NEW, begun_from=begun, by=elif_)
    other = Draft("Other", "S", "Short.[^site]", "Other.")
    with pytest.raises(StaleDraft):
        save_draft(article, other, begun_from=begun, by=elif_)
    assert article.revisions.count() == 2


def test_only_who_may_write_saves_or_keeps(article, maya):
    with pytest.raises(PermissionDenied):
        save_draft(article, NEW, begun_from="", by=maya)
    with pytest.raises(PermissionDenied):
        autosave(article, TYPED, begun_from="", by=maya)


def test_find_autosave_are_their_writers_alone_and_gone_once_saved(article, elif_, vera):
    autosave(article, TYPED, begun_from="1", by=elif_)
    autosave(article, TYPED | {"title": "Newer"}, begun_from="1", by=elif_)
    assert find_autosave(article, elif_).words["title"] == "Newer"
    assert find_autosave(article, vera) is None
    save_draft(article, NEW, begun_from="", by=elif_)
    assert not Autosave.objects.exists()


def test_words_that_arrive_after_they_were_saved_are_not_kept(article, elif_):
    save_draft(article, NEW, begun_from="", by=elif_)
    assert autosave(article, TYPED, begun_from="1", by=elif_) is None


def test_what_a_colleague_saved_word_for_word_is_not_offered(article, elif_, vera):
    autosave(article, TYPED, begun_from="1", by=elif_)
    write_revision(article, NEW, by=vera)
    assert find_autosave(article, elif_) is None


def test_far_too_much_is_refused(article, elif_):
    with pytest.raises(ValueError, match="300,000"):
        autosave(article, TYPED | {"body": "x" * 300_000}, begun_from="", by=elif_)


def test_a_row_proposed_anew_keeps_what_others_changed_meanwhile(question, editor, elif_, dr_okafor):
    row_proposed(question, elif_, answer="New.[^S1]")
    Question.objects.filter(pk=question.pk).update(question="Asked anew?")
    _, second = save(editor, question)
    assert (second.content["answer"], second.content["question"]) == ("New.[^S1]", "Asked anew?")
    approved(second, elif_, dr_okafor)
    question.refresh_from_db()
    assert (question.answer, question.question) == ("New.[^S1]", "Asked anew?")


def test_the_second_save_of_two_editors_is_told_and_loses_nothing(question, client, elif_, ada):
    client.force_login(elif_)
    hers = typed(client.get(form_url(question)))
    client.force_login(ada)
    _, first = save(client, question, answer="Ada’s.[^S1]")
    client.force_login(elif_)
    answer = client.post(form_url(question), hers | {"answer": "Elif’s.[^S1]"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Somebody else changed this since you opened it" in html
    assert "<del>Ada’s.[^S1]</del>" in html
    assert "Elif’s" in html
    assert Proposal.objects.of_rows().get() == first
    client.post(form_url(question), typed(answer))
    second = Proposal.objects.get(replaces=first)
    assert second.content["answer"] == "Elif’s.[^S1]"
