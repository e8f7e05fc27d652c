"""The workflow for articles and rows: permissions, states and versions."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from core import page_cache
from core.transitions import IllegalTransition
from guide.models import Article, Proposal, ProposalDecision, Question
from guide.review.exceptions import InvalidProposal, StaleReview
from guide.review.remarks import draft_remark
from guide.review.revisions import Draft, write_revision
from guide.review.schedule import publish_due
from guide.review.workflow import (
    CHECKLIST,
    approve,
    cancel_schedule,
    discard,
    publish_urgently,
    restore,
    send_back,
    submit,
    withdraw,
)
from tests.guide.review.conftest import TEXT, approved, live_text, proposed, uncached, version

SOON = timedelta(hours=1)
ACTS = {
    "submit": lambda p, e, r: submit(p, by=e),
    "withdraw": lambda p, e, r: withdraw(p, by=e),
    "cancel": lambda p, e, r: cancel_schedule(p, by=e),
    "discard": lambda p, e, r: discard(p, by=e),
    "send back": lambda p, e, r: send_back(p, by=r, reason="No."),
    "approve": lambda p, e, r: approve(p, by=r, checked=CHECKLIST),
    "schedule": lambda p, e, r: approve(p, by=r, checked=CHECKLIST, scheduled_for=timezone.now() + SOON),
    "urgent": lambda p, e, r: publish_urgently(p, by=e, reason="Danger."),
}
PATHS = {
    "draft": [],
    "submitted": ["submit"],
    "sent-back": ["submit", "send back"],
    "scheduled": ["submit", "schedule"],
    "published": ["submit", "approve"],
    "discarded": ["discard"],
    "superseded": ["newer"],
}
LEGAL = {
    "draft": {"submit": "submitted", "discard": "discarded", "urgent": "published"},
    "submitted": {
        "withdraw": "draft",
        "send back": "sent-back",
        "approve": "published",
        "schedule": "scheduled",
        "urgent": "published",
    },
    "sent-back": {"submit": "submitted", "discard": "discarded"},
    "scheduled": {"cancel": "draft", "send back": "sent-back"},
    "published": {},
    "discarded": {},
    "superseded": {},
}
WRITTEN = {"approve": {"approved", "published", "signed"}, "schedule": {"approved", "signed"}}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", PATHS)
def test_each_action_in_each_state(subject, draft, elif_, dr_okafor, state, act):
    for step in PATHS[state]:
        proposed(subject, elif_, "Newer.[^site]") if step == "newer" else ACTS[step](draft, elif_, dr_okafor)
    draft.refresh_from_db()
    assert draft.state == state
    before = list(draft.decisions.all())
    if act in LEGAL[state]:
        ACTS[act](draft, elif_, dr_okafor)
    else:
        with pytest.raises((IllegalTransition, StaleReview, InvalidProposal)):
            ACTS[act](draft, elif_, dr_okafor)
    draft.refresh_from_db()
    made = [d.action for d in draft.decisions.all() if d not in before]
    assert draft.state == LEGAL[state].get(act, state)
    assert bool(made) is (act in LEGAL[state])
    assert set(made) <= WRITTEN.get(act, set(made))


def test_an_approval_publishes_and_logs_its_decisions(subject, waiting, dr_okafor):
    before = live_text(subject)
    approve(waiting, by=dr_okafor, checked=CHECKLIST)
    assert (live_text(subject), before != "New text.[^site]") == ("New text.[^site]", True)
    found = waiting.decisions.order_by("pk").values_list("action", "by")
    signed = [("signed", dr_okafor.pk)] if isinstance(subject, Article) else []
    assert list(found) == [("submitted", waiting.author_id), ("approved", dr_okafor.pk), *signed, ("published", None)]
    assert waiting.decisions.get(action="approved").checked == list(CHECKLIST)


def test_the_article_page_names_its_reviewer(article, elif_, dr_okafor, client):
    waiting = write_revision(article, TEXT, by=elif_).proposal
    submit(waiting, by=elif_)
    assert "New text." not in client.get("/guide/small/").content.decode()
    dr_okafor.credentials.update(name_public=True, public_name="Ada Okafor", profession="pharmacist")
    approve(waiting, by=dr_okafor, checked=CHECKLIST)
    page = uncached(client).content.decode()
    for words in (
        "New text.",
        "Reviewed by Ada Okafor, pharmacist on",
        "Next review due",
        "What changed",
        "Clearer words",
    ):
        assert words in page


def test_a_signature_shows_the_name_that_the_clinician_shows_now(article, elif_, dr_okafor, client):
    waiting = write_revision(article, TEXT, by=elif_).proposal
    submit(waiting, by=elif_)
    dr_okafor.credentials.update(name_public=True, public_name="Ada Okafor", profession="pharmacist")
    approve(waiting, by=dr_okafor, checked=CHECKLIST)
    client.force_login(dr_okafor)
    client.post(reverse("accounts:badge-name", args=[dr_okafor.credentials.get().pk]), {})
    client.logout()
    for address in ("/guide/small/", "/guide/print/"):
        page = client.get(address).content.decode()
        assert "Reviewed by Dr. Okafor, pharmacist" in page
        assert "Ada" not in page


@pytest.mark.parametrize("missing", CHECKLIST)
def test_each_checklist_point_is_required(waiting, dr_okafor, missing):
    with pytest.raises(ValueError, match="ticked"):
        approve(waiting, by=dr_okafor, checked=[key for key in CHECKLIST if key != missing])


def test_an_invalid_text_is_saved_but_not_submitted(article, elif_):
    draft = write_revision(article, Draft("T", "S", "Short.[^site]", "A claim.\n"), by=elif_).proposal
    with pytest.raises(InvalidProposal) as refusal:
        submit(draft, by=elif_)
    assert refusal.value.args == ("line 1: no source for “A claim.”",)


def test_a_row_with_an_unknown_source_is_not_submitted(question, elif_):
    draft = proposed(question, elif_, "Yes.[^S9999]")
    with pytest.raises(InvalidProposal, match="there is no source S9999"):
        submit(draft, by=elif_)


def change_what_readers_see(subject, by):
    """Publish another text while a proposal is being reviewed."""
    if isinstance(subject, Article):
        publish_urgently(proposed(subject, by, "Urgent.[^site]"), by=by, reason="Danger.")
    else:
        Question.objects.filter(pk=subject.pk).update(question="Asked anew?")


def test_a_decision_is_refused_if_readers_see_another_version(subject, waiting, elif_, dr_okafor):
    seen_version = version(waiting)
    change_what_readers_see(subject, elif_)
    refusal = IllegalTransition if waiting.revision else StaleReview  # a newer text supersedes an article's proposal
    for act in (
        lambda: approve(waiting, by=dr_okafor, checked=CHECKLIST, seen_version=seen_version),
        lambda: send_back(waiting, by=dr_okafor, reason="No.", seen_version=seen_version),
    ):
        with pytest.raises(refusal):
            act()
    assert (waiting.decisions.count(), live_text(subject) != "New text.[^site]") == (1, True)


def test_a_stale_row_proposal_is_not_submitted_or_published(question, elif_, dr_okafor):
    draft = proposed(question, elif_)
    change_what_readers_see(question, elif_)
    with pytest.raises(StaleReview):
        submit(draft, by=elif_)
    with pytest.raises(StaleReview):
        publish_urgently(draft, by=elif_, reason="Danger.")
    draft.refresh_from_db()
    assert (draft.state, draft.decisions.count()) == ("draft", 0)


def test_a_newer_draft_supersedes_a_draft_but_not_a_submission(subject, waiting, elif_, ada, dr_okafor):
    second = proposed(subject, ada, "Second.[^site]")
    third = proposed(subject, ada, "Third.[^site]")
    second.refresh_from_db()
    waiting.refresh_from_db()
    assert (waiting.state, second.state, third.state) == ("submitted", "superseded", "draft")
    assert (second.replaces, third.replaces) == (waiting, second)
    approve(waiting, by=dr_okafor, checked=CHECKLIST)
    third.refresh_from_db()
    assert (live_text(subject), third.state) == ("New text.[^site]", "draft")


def test_a_newer_submission_supersedes_the_older_one(subject, waiting, elif_, dr_okafor):
    newer = proposed(subject, elif_, "Newer.[^site]")
    submit(newer, by=elif_)
    with pytest.raises(IllegalTransition):
        approve(waiting, by=dr_okafor, checked=CHECKLIST)
    waiting.refresh_from_db()
    assert waiting.state == "superseded"


def test_a_submission_with_a_newer_draft_is_not_withdrawn_and_is_superseded_when_sent_back(
    subject, waiting, elif_, dr_okafor
):
    proposed(subject, elif_, "Newer.[^site]")
    with pytest.raises(IllegalTransition):
        withdraw(waiting, by=elif_)
    send_back(waiting, by=dr_okafor, reason="No.")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decisions.first().action) == ("superseded", "sent-back")


def test_remarks_are_saved_with_their_places(waiting, dr_okafor):
    part = "body" if waiting.revision else "answer"
    draft_remark(waiting, by=dr_okafor, part=part, line=3, text="Which one?")
    send_back(waiting, by=dr_okafor, reason="")
    kept = waiting.remarks.get()
    assert (kept.part, kept.line, kept.text, kept.by) == (part, 3, "Which one?", dr_okafor)
    assert str(kept) == f"{'text' if waiting.revision else 'answer'}, line 3"


def test_the_service_needs_a_reason_to_send_back(waiting, dr_okafor):
    with pytest.raises(ValueError, match="Say what"):
        send_back(waiting, by=dr_okafor, reason=" ")


def test_an_urgent_text_is_marked_unreviewed_until_approved(article, elif_, dr_okafor, client):
    draft = write_revision(article, TEXT, by=elif_).proposal
    publish_urgently(draft, by=elif_, reason="A wrong dose.")
    assert "no one but its author has reviewed" in client.get("/guide/small/").content.decode()
    approve(draft, by=dr_okafor, checked=CHECKLIST)
    page = uncached(client).content.decode()
    assert "no one but its author has reviewed" not in page
    assert "Reviewed by Dr. Okafor, physician on" in page


def test_an_urgent_publication_is_unreviewed_until_a_second_person_approves(draft, elif_, dr_okafor):
    publish_urgently(draft, by=elif_, reason="A wrong dose.")
    assert list(Proposal.objects.live_unreviewed()) == [draft]
    with pytest.raises(PermissionDenied):
        approve(draft, by=elif_, checked=CHECKLIST)
    approve(draft, by=dr_okafor, checked=CHECKLIST)
    assert list(Proposal.objects.live_unreviewed()) == []
    with pytest.raises(IllegalTransition):
        approve(draft, by=dr_okafor, checked=CHECKLIST)


@pytest.mark.parametrize("reason", ["", " "])
def test_urgent_without_a_reason_is_refused_by_the_service_and_the_database(draft, elif_, reason):
    with pytest.raises(ValueError, match="Say why"):
        publish_urgently(draft, by=elif_, reason=reason)
    with pytest.raises(DatabaseError), transaction.atomic():
        draft.decisions.create(action="urgent", by=elif_, reason="")


def test_a_scheduled_proposal_is_published_without_a_running_job(
    subject, waiting, dr_okafor, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        approve(waiting, by=dr_okafor, checked=CHECKLIST, scheduled_for=timezone.now() + SOON)
    client.get("/guide/")
    assert live_text(subject) != "New text.[^site]"
    assert publish_due() == 0
    Proposal.objects.filter(pk=waiting.pk).update(scheduled_for=timezone.now() - timedelta(seconds=1))
    page_cache.shared().delete("guide:next-due")  # the minute for which a cache may know the next one has passed, too
    with django_capture_on_commit_callbacks(execute=True):
        client.get("/guide/")
    assert live_text(subject) == "New text.[^site]"
    assert publish_due() == 0
    actions = list(waiting.decisions.exclude(action="signed").order_by("pk").values_list("action", "by"))
    assert actions == [("submitted", waiting.author_id), ("approved", dr_okafor.pk), ("published", None)]
    waiting.refresh_from_db()
    assert (waiting.scheduled_for, waiting.published_at is not None) == (None, True)


def test_a_scheduled_text_is_published_with_its_signature(article, elif_, dr_okafor, client):
    waiting = write_revision(article, TEXT, by=elif_).proposal
    submit(waiting, by=elif_)
    approve(waiting, by=dr_okafor, checked=CHECKLIST, scheduled_for=timezone.now() + SOON)
    assert "New text." not in client.get("/guide/small/").content.decode()
    Proposal.objects.filter(pk=waiting.pk).update(scheduled_for=timezone.now() - timedelta(seconds=1))
    assert publish_due() == 1
    page = uncached(client).content.decode()
    assert "New text." in page
    assert "Reviewed by Dr. Okafor" in page


def test_no_query_is_made_if_nothing_is_due(article, client, django_assert_num_queries):
    client.get("/guide/small/")
    with django_assert_num_queries(0):
        client.get("/guide/small/")


def test_a_scheduled_proposal_is_sent_back_if_another_text_is_published_first(subject, waiting, elif_, dr_okafor):
    approve(waiting, by=dr_okafor, checked=CHECKLIST, scheduled_for=timezone.now() + SOON)
    publish_urgently(proposed(subject, elif_, "Urgent.[^site]"), by=elif_, reason="Danger.")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.scheduled_for, live_text(subject)) == ("sent-back", None, "Urgent.[^site]")
    assert waiting.decisions.first().reason == "Another text was published before its time."
    newer = proposed(subject, elif_, "Newer.[^site]")
    waiting.refresh_from_db()
    assert (waiting.state, newer.state) == ("superseded", "draft")


@pytest.mark.parametrize(("newer", "state"), [(False, "sent-back"), (True, "superseded")])
def test_a_scheduled_proposal_is_sent_back_if_the_row_has_changed(newer, state, question, elif_, dr_okafor):
    draft = proposed(question, elif_)
    submit(draft, by=elif_)
    approve(draft, by=dr_okafor, checked=CHECKLIST, scheduled_for=timezone.now() + SOON)
    Question.objects.filter(pk=question.pk).update(question="Asked anew?")
    if newer:
        proposed(Question.objects.get(pk=question.pk), elif_, "Newer.[^S1]")
    Proposal.objects.filter(pk=draft.pk).update(scheduled_for=timezone.now())
    assert publish_due() == 0
    draft.refresh_from_db()
    assert (draft.state, draft.published_at) == (state, None)
    assert "has changed" in draft.decisions.first().reason


def test_restoring_writes_a_new_revision(article, elif_):
    first = article.live_revision
    publish_urgently(proposed(article, elif_), by=elif_, reason="x")
    back = restore(first.proposal, by=elif_, reason="It was right.")
    assert Article.objects.get().live_revision == back.revision
    assert (back.revision.number, back.revision.body, back.author) == (3, first.body, elif_)
    assert back.decisions.get().reason == "It was right."


def test_only_a_published_text_is_restored_and_only_with_a_reason(article, elif_):
    draft = proposed(article, elif_)
    first = article.live_revision.proposal
    for proposal in (draft, first):
        with pytest.raises(IllegalTransition):
            restore(proposal, by=elif_, reason="x")
    publish_urgently(draft, by=elif_, reason="x")
    with pytest.raises(ValueError, match="Say why"):
        restore(first, by=elif_, reason=" ")


def test_an_earlier_version_of_a_row_is_restored(question, elif_, dr_okafor):
    first = approved(proposed(question, elif_, "First.[^site]"), elif_, dr_okafor)
    approved(proposed(Question.objects.get(), elif_, "Second.[^site]"), elif_, dr_okafor)
    back = restore(first, by=elif_, reason="It was right.")
    assert (live_text(question), back.content) == ("First.[^site]", first.content)
    assert list(Proposal.objects.live_unreviewed()) == [back]


@pytest.mark.django_db(transaction=True)
def test_two_simultaneous_approvals_make_one_decision(waiting, dr_okafor, dr_lind):
    start, results = threading.Barrier(2), []

    def work(who):
        try:
            start.wait(30)
            results.append(approve(waiting, by=who, checked=CHECKLIST).action)
        except Exception as error:
            results.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[who]) for who in (dr_okafor, dr_lind)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert sorted(results) == ["IllegalTransition", "approved"]
    assert waiting.decisions.filter(action="published").count() == 1


def test_the_database_refuses_changes_to_proposals_and_decisions(waiting):
    for forbidden in (
        lambda: Proposal.objects.update(content={"body": "x"}),
        lambda: Proposal.objects.all()._raw_delete("default"),
        lambda: ProposalDecision.objects.update(reason="other"),
        lambda: ProposalDecision.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            forbidden()
