"""Who hears that a text waits, and what became of it."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import Notification
from guide.models import HelpLine
from guide.review.article_workflow import CHECKLIST
from guide.review.row_snapshot import snapshot
from guide.review.row_workflow import (
    Proposal,
    approve_change,
    propose,
    publish_change_urgently,
    send_back_change,
    submit_change,
)
from guide.services import Draft, approve_revision, send_back_revision, submit_revision, write_revision
from tests.conftest import EDITORS, person
from tests.guide.review.conftest import ALL

NEW = Draft("New", "New summary.", "New short.[^site]", "## New\n\nNew text.[^site]\n", "Clearer words", True)
WAITS, BACK, LET = "waits for a review.", "came back to you with words on what should change.", "was approved."


def told():
    rows = Notification.objects.filter(kind="guide").order_by("pk", "recipient")
    return [(row.recipient.display_name, row.sentence) for row in rows]


def test_of_a_text(article, elif_, dr_okafor, dr_lind, maya):
    draft = write_revision(article, NEW, by=elif_)
    jonas = person("jonas", "Jonas", EDITORS, is_staff=True)
    submit_revision(draft, by=jonas)  # a colleague sends what Elif wrote
    assert sorted(told()) == [("Dr. Lind", f"“New” {WAITS}"), ("Dr. Okafor", f"“New” {WAITS}")]
    link = reverse("admin:guide_revision_review", args=[draft.pk])
    assert set(Notification.objects.values_list("url", flat=True)) == {link}
    Notification.objects.all().delete()
    send_back_revision(draft, by=dr_lind, reason="Plainer, please.", comments=[])
    assert sorted(told()) == [("Elif", f"“New” {BACK}"), ("Jonas", f"“New” {BACK}")]
    submit_revision(draft, by=elif_)
    Notification.objects.all().delete()
    approve_revision(draft, by=dr_okafor, checked=CHECKLIST)
    assert sorted(told()) == [("Elif", f"“New” {LET}"), ("Jonas", f"“New” {LET}")]


@pytest.mark.parametrize("end", ["back", "let", "urgent"])
def test_of_a_row(end, guide, elif_, dr_okafor):
    line = HelpLine.objects.first()
    words = snapshot(line) | {"name": "Another name"}
    change = propose(Proposal("helpline", line.pk, words, "A line"), by=elif_)
    if end == "urgent":
        elif_.user_permissions.add(Permission.objects.get(codename="publish_articlerevision"))
        publish_change_urgently(change, by=elif_, reason="Wrong.")
    else:
        submit_change(change, by=elif_)
        assert told() == [("Dr. Okafor", f"“A line” {WAITS}")]
    Notification.objects.all().delete()
    if end == "back":
        send_back_change(change, by=dr_okafor, reason="No.")
    else:
        approve_change(change, by=dr_okafor, checked=ALL)
    assert told() == [("Elif", f"“A line” {BACK if end == 'back' else LET}")]
