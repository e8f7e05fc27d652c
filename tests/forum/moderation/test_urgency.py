"""RED stays until a clinician closes it; a clinician changes lanes; the most acute comes first."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Notification
from forum.appeals.reports import report_member, report_post
from forum.models import ItemLogEntry, Lane, ReviewItem, TriageRule
from forum.moderation import post_removal, text_decisions
from forum.moderation.claims import claim_next
from forum.moderation.help_cards import close_help_cards, send_help_card
from forum.moderation.text_decisions import Superseded
from forum.moderation.urgency import change_urgency, close_item, flag_danger
from forum.posting.posts import PostText, delete_post, edit_post, withdraw_post
from forum.publishing.requeue import find_queue_faults
from forum.team import alarms, rota

FAREWELL = "I have given my cat to the neighbor and I am going to kill myself tonight."
BRIDGE = "The evenings are long now, and it is very quiet at home."
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def rules(loaded_rules, db):
    """The starting triage rules."""


@pytest.fixture
def farewell(say, maya):
    """A RED post sent ten minutes ago."""
    post = say(maya, FAREWELL, public=False)
    sent = timezone.now() - 10 * MINUTE
    ReviewItem.objects.update(asked_at=sent, promised_at=sent + 15 * MINUTE)
    return post


@pytest.fixture
def page(client, dr_okafor):
    def page(item, who=dr_okafor, *, do="", **data):
        client.force_login(who)
        url = f"/forum/review/item/{item.pk}/"
        answer = client.post(f"{url}do/{do}/", data, follow=True) if do else client.get(url, follow=True)
        return answer.content.decode()

    return page


def the_item():
    return ReviewItem.objects.open().get()


def alarmed():
    return sorted(Notification.objects.filter(kind="red").values_list("recipient__display_name", flat=True))


def test_a_withdrawn_text_stays_in_red_with_its_words(farewell, maya, page):
    before = the_item()
    withdraw_post(farewell, by=maya)
    item = the_item()
    assert (item.pk, item.lane, item.author_did, item.asked_at) == (before.pk, Lane.RED, "withdrawn", before.asked_at)
    shown = page(item)
    assert "Withdrawn by its author" in shown
    assert "kill myself" in shown
    assert shown.index("Person in danger: send a help card") < shown.index("Close it: nothing more to do")
    assert find_queue_faults() == []


def test_only_red_survives_a_withdrawal(say, maya):
    post = say(maya, "Can I take it with food?", public=False)
    withdraw_post(post, by=maya)
    assert not ReviewItem.objects.open().exists()


def test_an_edit_keeps_red_the_old_words_and_the_older_time(farewell, maya, page):
    before = the_item()
    edit_post(farewell, PostText("Never mind, I have sorted it.", title="A question"), by=maya)
    item = the_item()
    assert (item.kind, item.lane, item.asked_at, item.promised_at) == (
        "edit",
        Lane.RED,
        before.asked_at,
        before.promised_at,
    )
    assert (item.revision.body, item.replaces.revision.body) == ("Never mind, I have sorted it.", FAREWELL)
    shown = page(item)
    assert "Changed by its author" in shown
    assert shown.index("given my cat") < shown.index("Never mind")
    assert find_queue_faults() == []


def test_an_edit_never_lowers_a_lane_and_can_raise_it(say, maya):
    post = say(maya, "Good morning.", public=False)
    ReviewItem.objects.update(lane=Lane.AMBER)
    edit_post(post, PostText("Good evening.", title="A question"), by=maya)
    assert the_item().lane == Lane.AMBER
    edit_post(post, PostText(FAREWELL, title="A question"), by=maya)
    item = the_item()
    assert item.lane == Lane.RED
    assert item.promised_at <= timezone.now() + 15 * MINUTE
    edit_post(post, PostText("All is well.", title="A question"), by=maya)
    assert (the_item().lane, the_item().replaces.replaces.revision.body) == (Lane.RED, "Good evening.")


def test_a_decision_on_the_text_before_an_edit_is_refused(farewell, maya, page):
    old = the_item()
    edit_post(farewell, PostText("Never mind.", title="A question"), by=maya)
    assert "newer text" in page(old, do="approve")
    assert the_item().revision.state == "waiting"


def test_alarms_that_were_raised_are_not_raised_again_after_an_edit(farewell, maya, dr_okafor):
    rota.start_duty(by=dr_okafor, hours=2)
    assert alarms.raise_due_alarms() == 1
    edit_post(farewell, PostText("Never mind.", title="A question"), by=maya)
    assert alarms.raise_due_alarms() == 0


def test_a_deleted_post_stays_in_red(say, maya, noah):
    post = say(maya, "Good morning.")
    report_post(post, by=noah, reason="worried-self-harm")
    delete_post(post, by=maya)
    assert (the_item().lane, the_item().author_did) == (Lane.RED, "deleted")


def test_the_authors_page_keeps_the_help_lines(farewell, maya, client):
    client.force_login(maya)
    withdraw_post(farewell, by=maya)
    assert "What you wrote sounds urgent." in client.get(reverse("forum:my-post", args=[farewell.pk])).content.decode()


def test_the_help_lines_stay_after_an_edit(farewell, maya, client):
    client.force_login(maya)
    edit_post(farewell, PostText("Never mind.", title="A question"), by=maya)
    assert "What you wrote sounds urgent." in client.get(reverse("forum:my-post", args=[farewell.pk])).content.decode()


def test_a_clinician_closes_a_withdrawn_text_with_a_reason(farewell, maya, dr_okafor, page):
    withdraw_post(farewell, by=maya)
    item = the_item()
    assert "This field is required" in page(item, do="close", **{"close-reason": ""})
    page(item, do="close", **{"close-reason": "Card sent last week, she has called her GP."})
    item.refresh_from_db()
    entry = ItemLogEntry.objects.get()
    assert (item.state, item.closed_by, entry.action, entry.by, entry.credential.user) == (
        "closed",
        dr_okafor,
        "closed",
        dr_okafor,
        dr_okafor,
    )


def test_a_waiting_text_is_decided_and_not_closed(farewell, dr_okafor):
    with pytest.raises(Superseded):
        close_item(the_item(), by=dr_okafor, reason="Read.")


def test_the_author_cannot_close_or_change_their_own_item(say, dr_okafor, dr_lind):
    post = say(dr_lind, FAREWELL, public=False)
    withdraw_post(post, by=dr_lind)
    for act in (close_item, lambda item, **more: change_urgency(item, lane=Lane.GREEN, **more)):
        with pytest.raises(PermissionDenied):
            act(the_item(), by=dr_lind, reason="Mine.")


def test_a_lane_raised_by_hand_is_logged_and_alarms_the_others(say, maya, dr_okafor, dr_lind, page):
    for moderator in (dr_okafor, dr_lind):
        rota.start_duty(by=moderator, hours=2)
    say(maya, BRIDGE, public=False)
    ReviewItem.objects.update(lane=Lane.GREEN, asked_at=timezone.now() - timedelta(hours=10))
    item = the_item()
    page(item, do="urgent", **{"urgent-lane": "1", "urgent-acuteness": "9", "urgent-reason": "The bridge."})
    entry = ItemLogEntry.objects.get()
    assert (entry.action, entry.lane_before, entry.lane_after, entry.reason) == (
        "raised",
        Lane.GREEN,
        Lane.RED,
        "The bridge.",
    )
    assert alarmed() == ["Dr. Lind"]
    assert alarms.raise_due_alarms() == 0  # the promise begins now, ten hours after the post was sent
    ReviewItem.objects.update(promised_at=timezone.now() + 7 * MINUTE)
    assert alarms.raise_due_alarms() == 1


def test_a_lane_can_be_lowered_with_a_reason(farewell, dr_okafor):
    entry = change_urgency(the_item(), by=dr_okafor, lane=Lane.GREEN, reason="A line of a song.")
    assert (entry.action, the_item().lane, the_item().acuteness) == ("lowered", Lane.GREEN, 9)
    with pytest.raises(ValidationError):
        change_urgency(the_item(), by=dr_okafor, lane=Lane.GREEN, reason="Again.")


def test_the_item_log_is_append_only(farewell, dr_okafor):
    change_urgency(the_item(), by=dr_okafor, lane=Lane.GREEN, reason="A line of a song.")
    for change in (lambda: ItemLogEntry.objects.update(reason="x"), ItemLogEntry.objects.all().delete):
        with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
            change()
    with pytest.raises(IntegrityError), transaction.atomic():
        change_urgency(the_item(), by=dr_okafor, lane=Lane.RED, reason="")


def test_a_help_card_makes_the_item_red_until_two_have_closed_it(say, maya, dr_okafor, dr_lind):
    say(maya, BRIDGE, public=False)
    ReviewItem.objects.update(lane=Lane.GREEN, asked_at=timezone.now() - timedelta(hours=10))
    send_help_card(maya, by=dr_okafor, kind="self-harm", item=the_item())
    assert (the_item().lane, the_item().needs_second) == (Lane.RED, True)
    with pytest.raises(ValidationError):
        change_urgency(the_item(), by=dr_okafor, lane=Lane.GREEN, reason="Sent.")
    ReviewItem.objects.update(promised_at=timezone.now() - MINUTE)
    assert alarms.raise_due_alarms() >= 1
    text_decisions.approve(the_item().revision, by=dr_okafor)
    close_help_cards(the_item(), by=dr_okafor)
    assert the_item().lane == Lane.RED
    close_help_cards(the_item(), by=dr_lind)
    assert not ReviewItem.objects.open().exists()


def test_inside_red_the_most_acute_comes_first_then_the_longest_waiting(say, maya, noah, elif_, dr_okafor, client):
    first = say(maya, FAREWELL, public=False)
    second = say(noah, "My toddler swallowed my pill.", public=False)
    third = say(elif_, "He is not breathing and his lips are blue.", public=False)
    order = [item.post for item in ReviewItem.objects.open().best_first()]
    assert order == [third, second, first]
    client.force_login(dr_okafor)
    shown = client.get("/forum/review/").content.decode()
    assert shown.index("<strong>Not breathing") < shown.index("<strong>Poisoning")
    assert [claim_next(dr_okafor).post for _ in range(3)] == order


def test_the_rules_say_how_acute_they_are():
    known = dict(TriageRule.objects.exclude(acuteness=9).values_list("key", "acuteness"))
    breathing, overdose, poisoning, violence = 1, 2, 3, 4
    assert known == {
        "not-breathing": breathing,
        "allergy-breathing": breathing,
        "overdose-now": overdose,
        "poisoning": poisoning,
        "violence-now": violence,
        "violence-at-home": violence,
    }


def test_danger_in_a_published_post_opens_a_red_item_with_the_card(say, maya, dr_okafor, dr_lind, client):
    rota.start_duty(by=dr_lind, hours=2)
    post = say(maya, BRIDGE)
    client.force_login(dr_okafor)
    answer = client.post(f"/forum/review/post/{post.pk}/do/danger/", {"danger-reason": "The bridge."}, follow=True)
    item = the_item()
    assert (item.kind, item.post, item.member, item.lane, item.claimed_by) == (
        "danger",
        post,
        maya,
        Lane.RED,
        dr_okafor,
    )
    shown = answer.content.decode()
    assert ("Person in danger: send a help card" in shown, "The bridge." in shown, BRIDGE in shown) == (
        True,
        True,
        True,
    )
    assert alarmed() == ["Dr. Lind"]
    assert flag_danger(post, by=dr_lind, reason="I see it too.") == item


def test_danger_in_a_reported_post_raises_the_report(say, maya, noah, dr_okafor):
    post = say(maya, BRIDGE)
    report_post(post, by=noah, reason="spam")
    assert (flag_danger(post, by=dr_okafor, reason="The bridge."), the_item().lane) == (the_item(), Lane.RED)


def test_no_one_flags_danger_in_their_own_post(say, dr_lind, dr_okafor):
    post = say(dr_lind, BRIDGE)
    with pytest.raises(PermissionDenied):
        flag_danger(post, by=dr_lind, reason="Mine.")


def test_a_reported_post_shows_what_was_written_and_the_crisis_action(say, maya, noah, page):
    post = say(maya, BRIDGE)
    report_post(post, by=noah, reason="worried-self-harm", note="She is going to kill herself.")
    shown = page(the_item())
    for part in (
        "Worried about this person: they may harm or kill themselves",
        "The evenings are long",
        "member since",
        "Person in danger: send a help card",
        "Urgent: change the lane",
        "Ask a colleague",
        "Private note",
    ):
        assert part in shown, part


def test_a_reported_member_shows_what_they_last_wrote(say, maya, noah, page):
    say(maya, "The bridge is quiet in the evening.")
    report_member(maya, by=noah, reason="worried-at-home")
    shown = page(the_item())
    for part in ("The bridge is quiet in the evening.", "member since", "Urgent: change the lane", "Violence now"):
        assert part in shown, part


def test_the_text_of_an_edit_waits_in_red_after_its_post_was_removed(say, maya, dr_okafor, dr_lind):
    post = say(maya, "Good morning.")
    edit_post(post, PostText(FAREWELL, title="A question"), by=maya)
    post_removal.remove(post, by=dr_okafor, reason="spam")
    item = ReviewItem.objects.open().for_moderator(dr_okafor).get()
    assert item.lane == Lane.RED
    close_item(item, by=dr_okafor, reason="Card sent.")
