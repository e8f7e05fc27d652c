"""What a migration does to rows that are there already."""

from importlib import import_module

from django.apps import apps

from forum.models import ReasonTemplate, ReviewItem
from forum.moderation.decide import approve, reject
from forum.appeals.appeal import appeal
from forum.posting.posts import Words, edit_post
from forum.appeals.reports import report_post
from forum.publishing.requeue import queue_faults


def rows():
    return sorted(
        (r.kind, r.lane, r.post_id, r.category_id, r.promised_at - r.asked_at) for r in ReviewItem.objects.open()
    )


def test_the_queue_is_filled_with_what_waits_already(say, maya, noah, dr_okafor):
    say(maya, "How many can I take at once?", public=False)
    public = say(maya, "A question.")
    edit_post(public, Words("Other words.", title="A question"), by=maya)
    report_post(public, by=noah, reason="dose", note="Look.")
    refused = say(maya, "Another.", public=False)
    appeal(reject(refused.revisions.get(), by=dr_okafor, reason="spam"), by=maya, text="Why?")
    read = say(noah, "Read and done.", public=False)
    approve(read.revisions.get(), by=dr_okafor)
    before = rows()
    assert [row[0] for row in before] == ["appeal", "edit", "new", "report"]
    ReviewItem.objects.all().delete()
    ReasonTemplate.objects.all().delete()
    import_module("forum.migrations.0017_moderation").fill_the_queue(apps, None)
    assert rows() == before
    assert queue_faults() == []
    assert ReasonTemplate.objects.filter(code="spam").exists()
