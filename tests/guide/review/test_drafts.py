"""Drafts of articles and rows, and conflicts between two editors."""

import pytest
from django.core.exceptions import PermissionDenied

from guide.models import Autosave, Proposal, Question
from guide.review.drafts import save_draft
from guide.review.exceptions import StaleDraft
from guide.review.revisions import Draft
from tests.guide.review.conftest import approved, form_url, row_proposed, save, typed

NEW = Draft("New", "S", "Short.[^site]", "New text.[^site]\n")


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


def test_only_editors_save(article, maya):
    with pytest.raises(PermissionDenied):
        save_draft(article, NEW, based_on="", by=maya)


def test_a_new_draft_of_a_row_keeps_changes_by_others(question, editor, elif_, dr_okafor):
    row_proposed(question, elif_, answer="New.[^S1]")
    Question.objects.filter(pk=question.pk).update(question="Asked anew?")
    _, second = save(editor, question)
    assert (second.content["answer"], second.content["question"]) == ("New.[^S1]", "Asked anew?")
    approved(second, elif_, dr_okafor)
    question.refresh_from_db()
    assert (question.answer, question.question) == ("New.[^S1]", "Asked anew?")


@pytest.fixture
def saved_by_ada(question, client, elif_, ada):
    """Return the form that Elif opened before Ada saved, and a function that sends it with changes."""

    def begin(**changes):
        client.force_login(elif_)
        hers = typed(client.get(form_url(question)))
        client.force_login(ada)
        save(client, question, **changes)
        client.force_login(elif_)
        return lambda **mine: client.post(form_url(question), hers | mine)

    return begin


def test_a_conflict_between_two_editors_loses_nothing(question, client, saved_by_ada):
    answer = saved_by_ada(answer="Ada’s.[^S1]")(answer="Elif’s.[^S1]", why="calmer")
    html, first = answer.content.decode(), Proposal.objects.of_rows().get()
    assert answer.status_code == 409
    assert "Ada saved this while you were writing" in html
    assert "In 1 place you both changed the same words" in html
    shown = typed(answer)
    assert shown["answer"] == (
        "<<<<<<< your version:\nElif’s.[^S1]\n=======\nAda’s.[^S1]\n<<<<<<< end of Ada’s version"
    )
    assert shown["why"] == "calmer"
    assert Autosave.objects.get().fields["answer"] == "Elif’s.[^S1]"
    client.post(form_url(question), shown | {"answer": "Both.[^S1]"})
    second = Proposal.objects.get(replaces=first)
    assert (second.content["answer"], second.note) == ("Both.[^S1]", "calmer")
    assert not Autosave.objects.exists()


def test_changes_in_different_fields_and_lines_are_merged(question, client, saved_by_ada):
    Question.objects.update(answer="One.[^S1]\n\nTwo.[^S1]\n\nThree.[^S1]")
    send = saved_by_ada(question="Asked by Ada?", answer="Uno.[^S1]\n\nTwo.[^S1]\n\nThree.[^S1]")
    answer = send(answer="One.[^S1]\n\nTwo.[^S1]\n\nTre.[^S1]")
    assert "You changed different places" in answer.content.decode()
    shown = typed(answer)
    assert (shown["question"], shown["answer"]) == ("Asked by Ada?", "Uno.[^S1]\n\nTwo.[^S1]\n\nTre.[^S1]")
    assert client.post(form_url(question), shown).status_code == 302


def test_a_row_published_meanwhile_is_merged_too(question, client, editor, elif_, ada, dr_okafor):
    hers = typed(editor.get(form_url(question)))
    approved(row_proposed(question, ada, question="Asked by Ada?"), ada, dr_okafor)
    shown = typed(editor.post(form_url(question), hers | {"answer": "Elif’s.[^S1]"}))
    assert (shown["question"], shown["answer"]) == ("Asked by Ada?", "Elif’s.[^S1]")


def test_a_form_without_changes_meets_no_conflict(question, saved_by_ada):
    answer = saved_by_ada(answer="Ada’s.[^S1]")()
    assert answer.status_code == 302
    assert Proposal.objects.of_rows().get().content["answer"] == "Ada’s.[^S1]"


def test_a_double_click_makes_one_proposal(question, editor):
    data = typed(editor.get(form_url(question))) | {"answer": "Once.[^S1]"}
    answers = [editor.post(form_url(question), data) for _ in range(2)]
    proposal = Proposal.objects.of_rows().get()
    assert {answer.url for answer in answers} == {f"/admin/guide/proposal/{proposal.pk}/review/"}
