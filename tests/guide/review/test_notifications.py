"""Notifications of submitted proposals and of decisions."""

import pytest
from django.urls import reverse

from accounts.models import Notification
from guide.models import HelpLine
from guide.review.revisions import write_revision
from guide.review.workflow import approve, publish_urgently, send_back, submit
from tests.conftest import EDITORS, person
from tests.guide.review.conftest import ALL, TEXT, row_proposed

WAITS = "is waiting for review."
BACK = "was sent back to you: the reviewer asks for changes."
APPROVED = "was approved."


def notified():
    rows = Notification.objects.filter(kind="guide").order_by("pk", "recipient")
    return [(row.recipient.display_name, row.sentence) for row in rows]


def test_reviewers_and_authors_are_notified_of_an_article(article, elif_, dr_okafor, dr_lind, maya):
    draft = write_revision(article, TEXT, by=elif_).proposal
    jonas = person("jonas", "Jonas", EDITORS, is_staff=True)
    submit(draft, by=jonas)  # a colleague sends what Elif wrote
    assert sorted(notified()) == [("Dr. Lind", f"“New” {WAITS}"), ("Dr. Okafor", f"“New” {WAITS}")]
    link = reverse("admin:guide_proposal_review", args=[draft.pk])
    assert set(Notification.objects.values_list("url", flat=True)) == {link}
    Notification.objects.all().delete()
    send_back(draft, by=dr_lind, reason="Plainer, please.")
    assert sorted(notified()) == [("Elif", f"“New” {BACK}"), ("Jonas", f"“New” {BACK}")]
    submit(draft, by=elif_)
    Notification.objects.all().delete()
    approve(draft, by=dr_okafor, checked=ALL)
    assert sorted(notified()) == [("Elif", f"“New” {APPROVED}"), ("Jonas", f"“New” {APPROVED}")]


@pytest.mark.parametrize("end", ["back", "approved", "urgent"])
def test_reviewers_and_authors_are_notified_of_a_row(end, guide, elif_, dr_okafor):
    line = HelpLine.objects.first()
    proposal = row_proposed(line, elif_, name="Another name")
    if end == "urgent":
        publish_urgently(proposal, by=elif_, reason="Wrong.")
    else:
        submit(proposal, by=elif_)
        assert notified() == [("Dr. Okafor", f"“{line}” {WAITS}")]
    Notification.objects.all().delete()
    if end == "back":
        send_back(proposal, by=dr_okafor, reason="No.")
    else:
        approve(proposal, by=dr_okafor, checked=ALL)
    assert notified() == [("Elif", f"“{line}” {BACK if end == 'back' else APPROVED}")]
