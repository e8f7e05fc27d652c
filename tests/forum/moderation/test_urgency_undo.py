"""Undo of a lane change and of closing an item: for 30 seconds, by the same clinician, while nothing else has happened."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from forum.appeals.reports import report_post
from forum.models import Acuteness, ItemLogEntry, Lane, ReviewItem
from forum.moderation.help_cards import send_help_card
from forum.moderation.text_decisions import Superseded
from forum.moderation.urgency import change_urgency, close_item, flag_danger, last_undoable_change, undo_change
from forum.posting.posts import PostText, edit_post, withdraw_post
from forum.publishing.requeue import find_queue_faults
from forum.team import rota

WHY = "A line of a song."


@pytest.fixture
def item(say, maya):
    say(maya, "Can I take it with food?", public=False)
    ReviewItem.objects.update(asked_at=timezone.now() - timedelta(hours=1))
    return ReviewItem.objects.get()


def state_of(item):
    item.refresh_from_db()
    return (item.state, item.lane, item.acuteness, item.promised_at)


@pytest.fixture
def too_late(monkeypatch):
    """Everything was done more than 30 seconds ago."""
    monkeypatch.setattr("forum.models.queue.UNDO_PERIOD", timedelta(0))
    monkeypatch.setattr("forum.moderation.urgency.UNDO_PERIOD", timedelta(0))


def test_undoing_a_raise_gives_back_lane_and_times_and_withdraws_the_alarm(item, dr_okafor, dr_lind):
    rota.start_duty(by=dr_lind, hours=2)
    before = state_of(item)
    entry = change_urgency(item, by=dr_okafor, lane=Lane.RED, reason=WHY, acuteness=Acuteness.BREATHING)
    assert Notification.objects.filter(recipient=dr_lind, kind="red").count() == 1
    undo_change(entry, by=dr_okafor)
    assert state_of(item) == before
    assert Notification.objects.filter(kind="red").count() == 0
    log = ItemLogEntry.objects.order_by("pk").values_list("action", "lane_before", "lane_after")
    assert list(log) == [("raised", 3, 1), ("undone", 1, 3)]
    assert find_queue_faults() == []


def test_undoing_a_lowering_puts_it_back_into_red(item, dr_okafor):
    change_urgency(item, by=dr_okafor, lane=Lane.RED, reason=WHY, acuteness=Acuteness.POISONING)
    before = state_of(item)
    undo_change(change_urgency(item, by=dr_okafor, lane=Lane.GREEN, reason=WHY), by=dr_okafor)
    assert state_of(item) == before


def test_undoing_the_closing_opens_it_again_for_the_same_clinician(item, maya, dr_okafor):
    change_urgency(item, by=dr_okafor, lane=Lane.RED, reason=WHY)
    withdraw_post(item.post, by=maya)
    entry = close_item(item, by=dr_okafor, reason="Closed by a slip.")
    undo_change(entry, by=dr_okafor)
    item.refresh_from_db()
    assert (item.state, item.lane, item.claimed_by, item.closed_by, item.closed_at) == (
        "open",
        Lane.RED,
        dr_okafor,
        None,
        None,
    )


def test_undoing_danger_in_a_published_post_closes_the_item_that_it_opened(say, maya, dr_okafor, dr_lind):
    rota.start_duty(by=dr_lind, hours=2)
    opened = flag_danger(say(maya, "The evenings are long."), by=dr_okafor, reason=WHY)
    undo_change(opened.log_entries.get(), by=dr_okafor)
    opened.refresh_from_db()
    assert (opened.state, opened.closed_by) == ("closed", dr_okafor)
    assert Notification.objects.filter(kind="red").count() == 0


def test_it_is_too_late_after_30_seconds(item, dr_okafor, too_late):
    entry = change_urgency(item, by=dr_okafor, lane=Lane.AMBER, reason=WHY)
    assert last_undoable_change(dr_okafor) is None
    with pytest.raises(Superseded):
        undo_change(entry, by=dr_okafor)
    assert state_of(item)[1] == Lane.AMBER


def test_only_the_clinician_who_did_it_undoes_it(item, dr_okafor, dr_lind, client):
    entry = change_urgency(item, by=dr_okafor, lane=Lane.AMBER, reason=WHY)
    with pytest.raises(PermissionDenied):
        undo_change(entry, by=dr_lind)
    client.force_login(dr_lind)
    assert client.post(reverse("forum:undo-item-change", args=[entry.pk])).status_code == 404


def _sends_a_card(item, maya, noah, dr_okafor, dr_lind):
    send_help_card(maya, by=dr_lind, kind="self-harm", item=item)


def _changes_it_again(item, maya, noah, dr_okafor, dr_lind):
    change_urgency(item, by=dr_lind, lane=Lane.AMBER, reason="I see it otherwise.")


def _edits_it(item, maya, noah, dr_okafor, dr_lind):
    edit_post(item.post, PostText("Never mind.", title="A question"), by=maya)


def _undoes_it_twice(item, maya, noah, dr_okafor, dr_lind):
    undo_change(item.log_entries.get(), by=dr_okafor)


@pytest.mark.parametrize("meanwhile", [_sends_a_card, _changes_it_again, _edits_it, _undoes_it_twice])
def test_it_is_refused_once_something_else_has_happened(meanwhile, item, maya, noah, dr_okafor, dr_lind):
    entry = change_urgency(item, by=dr_okafor, lane=Lane.RED, reason=WHY)
    meanwhile(item, maya, noah, dr_okafor, dr_lind)
    before = state_of(item)
    with pytest.raises(Superseded):
        undo_change(entry, by=dr_okafor)
    assert state_of(item) == before


def test_a_new_report_keeps_what_a_clinician_raised(say, maya, noah, elif_, dr_okafor):
    post = say(maya, "The evenings are long.")
    report_post(post, by=noah, reason="spam")
    item = ReviewItem.objects.open().get()
    entry = change_urgency(item, by=dr_okafor, lane=Lane.RED, reason=WHY)
    report_post(post, by=elif_, reason="worried-self-harm")
    with pytest.raises(Superseded):
        undo_change(entry, by=dr_okafor)


def test_the_button_is_on_the_item_and_in_the_queue_for_its_clinician_only(item, dr_okafor, dr_lind, client):
    entry = change_urgency(item, by=dr_okafor, lane=Lane.AMBER, reason=WHY)
    address = reverse("forum:undo-item-change", args=[entry.pk])
    pages = [reverse("forum:review-item", args=[item.pk]), reverse("forum:review-queue")]
    for who, there in ((dr_okafor, True), (dr_lind, False)):
        client.force_login(who)
        assert [address in client.get(page).content.decode() for page in pages] == [there, there]
    client.force_login(dr_okafor)
    assert "Undone." in client.post(address, follow=True).content.decode()
    assert state_of(item)[1] == Lane.GREEN
    assert [address in client.get(page).content.decode() for page in pages] == [False, False]
