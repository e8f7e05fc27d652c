"""A revoked credential puts what its holder reviewed into the queue, and takes the name off."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.credentials.verification import revoke
from accounts.models import Notification
from guide.models import Article, Proposal
from guide.review.schedule import publish_due
from guide.review.workflow import CHECKLIST, approve, sign, submit
from tests.guide.review.conftest import live_text, proposed, uncached
from tests.guide.review.test_workflow import SOON


def revoked(clinician, vera):
    revoke(clinician.credentials.get(state="approved"), by=vera, reason="The license was forged.")


def test_a_page_that_a_revoked_clinician_signed_enters_the_queue_without_the_name(
    article, dr_okafor, dr_lind, vera, client, django_capture_on_commit_callbacks
):
    proposal = article.live_revision.proposal
    approve(proposal, by=dr_okafor, checked=CHECKLIST)
    assert "Reviewed by Dr. Okafor" in client.get("/guide/small/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        revoked(dr_okafor, vera)
    for url in ("/guide/small/", "/guide/print/"):
        assert "Okafor" not in client.get(url).content.decode()
    assert '"reviewedBy"' not in client.get("/guide/small/").content.decode()
    assert [(p, p.unreviewed_because) for p in Proposal.objects.live_unreviewed()] == [(proposal, "revoked")]
    told = Notification.objects.filter(kind="guide-live")
    assert [(n.recipient, n.mail_due_at is not None) for n in told] == [(dr_lind, True)]
    approve(proposal, by=dr_lind, checked=CHECKLIST)
    assert not Proposal.objects.live_unreviewed().exists()
    assert "Reviewed by Dr. Lind" in uncached(client).content.decode()


def test_what_someone_else_reviewed_too_stays_reviewed(article, dr_okafor, dr_lind, vera, client):
    proposal = article.live_revision.proposal
    approve(proposal, by=dr_okafor, checked=CHECKLIST)
    sign(proposal, by=dr_lind, checked=CHECKLIST)
    revoked(dr_okafor, vera)
    assert not Proposal.objects.live_unreviewed().exists()
    assert "Reviewed by Dr. Lind" in uncached(client).content.decode()


def test_a_row_that_a_revoked_clinician_approved_enters_the_queue(question, elif_, dr_okafor, vera):
    proposal = proposed(question, elif_)
    submit(proposal, by=elif_)
    approve(proposal, by=dr_okafor, checked=CHECKLIST)
    assert not Proposal.objects.live_unreviewed().exists()
    revoked(dr_okafor, vera)
    assert Proposal.objects.live_unreviewed().get() == proposal


def test_what_a_revoked_clinician_approved_for_later_is_not_published(subject, waiting, dr_okafor, vera):
    approve(waiting, by=dr_okafor, checked=CHECKLIST, scheduled_for=timezone.now() + SOON)
    revoked(dr_okafor, vera)
    Proposal.objects.filter(pk=waiting.pk).update(scheduled_for=timezone.now() - timedelta(seconds=1))
    assert publish_due() == 0
    waiting.refresh_from_db()
    assert (waiting.state, live_text(subject) == "New text.[^site]") == ("sent-back", False)


def test_an_expired_credential_takes_nothing_back(article, dr_okafor, client):
    approve(article.live_revision.proposal, by=dr_okafor, checked=CHECKLIST)
    dr_okafor.credentials.update(expires_at=timezone.now())
    assert "Reviewed by Dr. Okafor" in client.get("/guide/small/").content.decode()
    assert not Proposal.objects.live_unreviewed().exists()


def test_a_review_after_a_new_verification_counts(article, dr_okafor, vera):
    approve(article.live_revision.proposal, by=dr_okafor, checked=CHECKLIST)
    revoked(dr_okafor, vera)
    now = timezone.now()
    dr_okafor.credentials.create(
        profession="physician", state="approved", approved_at=now, expires_at=now + timedelta(days=9)
    )
    approve(Article.objects.get().live_revision.proposal, by=dr_okafor, checked=CHECKLIST)
    assert not Proposal.objects.live_unreviewed().exists()


@pytest.mark.parametrize("signed_by_another", [True, False])
def test_the_revocation_of_someone_without_reviews_changes_nothing(
    article, dr_okafor, dr_lind, vera, signed_by_another
):
    if signed_by_another:
        approve(article.live_revision.proposal, by=dr_lind, checked=CHECKLIST)
    revoked(dr_okafor, vera)
    assert not Proposal.objects.live_unreviewed().exists()
    assert not Notification.objects.filter(kind="guide-live").exists()
