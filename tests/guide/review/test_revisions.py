from datetime import datetime

import pytest
from django.db import InternalError, transaction

from guide.models import ArticleRevision, ProposalDecision
from guide.review.revisions import Draft, rerender_outdated, write_revision
from guide.review.workflow import CHECKLIST, approve, publish_urgently

NEW = Draft("New", "New summary.", "New short.[^site]", "## New\n\nNew text.[^site]\n", "why")


def test_a_new_revision_changes_nothing_that_readers_see(article, elif_):
    revision = write_revision(article, NEW, by=elif_)
    article.refresh_from_db()
    assert (revision.number, article.live_revision.title) == (2, "Small")


def test_the_page_names_the_clinician_who_signed_the_live_text(
    article, dr_okafor, client, django_capture_on_commit_callbacks
):
    assert "Not yet reviewed by a clinician" in client.get("/guide/small/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        approve(article.live_revision.proposal, by=dr_okafor, checked=CHECKLIST)
    page = client.get("/guide/small/").content.decode()
    assert "Reviewed by Dr. Okafor, physician on" in page
    assert "Next review due" in page
    assert '"lastReviewed"' in page


def test_a_signature_applies_to_one_text_only(article, elif_, dr_okafor, client):
    approve(article.live_revision.proposal, by=dr_okafor, checked=CHECKLIST)
    publish_urgently(write_revision(article, NEW, by=elif_).proposal, by=elif_, reason="clearer")
    assert "Not yet reviewed by a clinician" in client.get("/guide/small/").content.decode()


def test_the_database_refuses_changes_to_revisions_and_decisions(article):
    changes = [
        lambda: ArticleRevision.objects.update(body="other"),
        lambda: ArticleRevision.objects.all()._raw_delete("default"),
        lambda: ProposalDecision.objects.update(reason="other"),
        lambda: ProposalDecision.objects.all()._raw_delete("default"),
    ]
    for change in changes:
        with pytest.raises(InternalError), transaction.atomic():
            change()


def test_old_texts_are_rerendered(article):
    ArticleRevision.objects.update(render_version=0, body_html="old")
    assert (rerender_outdated(), rerender_outdated()) == (1, 0)
    assert "<h2" in ArticleRevision.objects.get().body_html


@pytest.mark.parametrize(
    ("signed", "months", "due"), [("2026-08-31", 6, "2027-02-28"), ("2026-11-23", 12, "2027-11-23")]
)
def test_the_next_review_is_due_after_the_articles_months(article, signed, months, due):
    proposal = article.live_revision.proposal
    proposal.revision.review_months = months
    decision = ProposalDecision(proposal=proposal, decided_at=datetime.fromisoformat(f"{signed}T12:00:00+00:00"))
    assert decision.review_due.isoformat() == due
