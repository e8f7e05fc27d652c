"""A moderator's own saved replies: kept, changed, inserted, deleted, and seen by no one else."""

import pytest
from django.urls import reverse

from forum.models import ReviewItem, SavedReply
from forum.moderation import saved_reply_views

TEXT = "Tapering is something to plan with your prescriber."


@pytest.fixture
def desk(client, dr_okafor):
    client.force_login(dr_okafor)
    return client


@pytest.fixture
def reply(dr_okafor):
    return SavedReply.objects.create(by=dr_okafor, title="Taper", text=TEXT)


def test_a_reply_is_saved_changed_and_deleted(desk, dr_okafor):
    everything = reverse("forum:saved-replies")
    assert desk.post(everything, {"title": "Taper", "text": TEXT})["Location"] == everything
    reply = SavedReply.objects.get()
    assert (reply.by, TEXT in desk.get(everything).content.decode()) == (dr_okafor, True)
    one = reverse("forum:saved-reply", args=[reply.pk])
    assert desk.post(one, {"title": "Tapering", "text": "Other words."})["Location"] == everything
    reply.refresh_from_db()
    assert (reply.title, reply.text) == ("Tapering", "Other words.")
    desk.post(reverse("forum:delete-saved-reply", args=[reply.pk]))
    assert not SavedReply.objects.exists()


def test_errors_are_shown_and_nothing_typed_is_lost(desk, reply, monkeypatch):
    url = reverse("forum:saved-replies")
    html = desk.post(url, {"title": "Taper", "text": "Second words."}).content.decode()
    assert "You already have a saved reply with this title." in html and "Second words." in html
    assert "This field is required." in desk.post(url, {"title": "Empty", "text": ""}).content.decode()
    monkeypatch.setattr(saved_reply_views, "MAX_REPLIES", 1)
    assert (
        "You can keep 1 saved replies. Delete one first."
        in desk.post(url, {"title": "More", "text": "More."}).content.decode()
    )
    assert SavedReply.objects.get() == reply


def test_an_item_offers_ones_own_replies_to_insert(desk, reply, say, maya, dr_lind):
    item = ReviewItem.objects.get(post=say(maya, "Words.", public=False))
    url = reverse("forum:review-item", args=[item.pk])
    assert f'data-insert="{TEXT}"' in desk.get(url).content.decode()
    desk.force_login(dr_lind)
    assert TEXT not in desk.get(url).content.decode()
    for name in ("saved-reply", "delete-saved-reply"):
        assert desk.post(reverse(f"forum:{name}", args=[reply.pk]), {"title": "x", "text": "y"}).status_code == 404
    reply.refresh_from_db()
    assert reply.text == TEXT
