"""Clinicians and authors at the same item at the same moment: one outcome, no deadlock, and RED is never lost."""

import pytest

from forum.appeals.reports import report_post
from forum.models import HelpCard, ItemLogEntry, Lane, Post, ReviewItem
from forum.moderation.claims import claim_next
from forum.moderation.help_cards import CardRefused, close_help_cards, send_help_card
from forum.moderation.text_decisions import Superseded, approve
from forum.moderation.urgency import change_urgency, close_item, flag_danger, undo_change
from forum.posting.posts import PostText, delete_post, edit_post, withdraw_post
from forum.publishing.requeue import find_queue_faults
from tests.simultaneous import at_once, errors, while_uncommitted

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def item(say, maya):
    """A GREEN item of a waiting post."""
    say(maya, "The evenings are long.", public=False)
    return ReviewItem.objects.get()


def kinds(results):
    """The types of the exceptions, and how many calls succeeded."""
    return sorted(type(each).__name__ for each in errors(results)), len(results) - len(errors(results))


def red(item, by):
    change_urgency(item, by=by, lane=Lane.RED, reason="A bridge.")
    return item


def card_for(item, by, **more):
    return send_help_card(item.post.author, by=by, kind="self-harm", item=item, **more)


def test_two_clinicians_close_a_red_item_at_once(item, maya, dr_okafor, dr_lind):
    withdrawn = red(item, dr_okafor)
    withdraw_post(item.post, by=maya)
    found = at_once(*(lambda by=by: close_item(withdrawn, by=by, reason="Safe.") for by in (dr_okafor, dr_lind)))
    assert kinds(found) == (["Superseded"], 1)
    assert ItemLogEntry.objects.filter(action="closed").count() == 1
    item.refresh_from_db()
    assert (item.state, item.closed_by_id) == ("closed", ItemLogEntry.objects.get(action="closed").by_id)


def test_two_clinicians_close_a_help_card_at_once(item, maya, dr_okafor, dr_lind):
    card = card_for(item, dr_okafor)
    withdraw_post(item.post, by=maya)
    found = at_once(*(lambda by=by: close_help_cards(item, by=by) for by in (dr_okafor, dr_lind)))
    assert kinds(found) == ([], 2)
    card.refresh_from_db()
    assert {card.closed_by, card.second_closed_by} == {dr_okafor, dr_lind}
    assert not ReviewItem.objects.open().exists()
    assert find_queue_faults() == []


def test_one_clinician_closing_a_card_in_two_tabs_is_one_part(item, dr_okafor):
    card_for(item, dr_okafor)
    found = at_once(*[lambda: close_help_cards(item, by=dr_okafor)] * 4)
    assert kinds(found) == (["CardRefused"] * 3, 1)
    card = HelpCard.objects.get()
    assert (card.closed_by, card.second_closed_by) == (dr_okafor, None)
    assert ReviewItem.objects.open().get().needs_second


def test_a_raise_against_an_approval(item, dr_okafor, dr_lind):
    revision = item.revision
    raised, approved = at_once(lambda: red(item, dr_lind), lambda: approve(revision, by=dr_okafor))
    assert not isinstance(approved, Exception)
    assert Post.objects.get().state == "published"
    assert isinstance(raised, (ReviewItem, Superseded))
    assert ItemLogEntry.objects.count() == (not isinstance(raised, Exception))
    approved.refresh_from_db()
    assert approved.lane in ((Lane.RED,) if isinstance(raised, ReviewItem) else (Lane.GREEN,))
    assert not ReviewItem.objects.open().exists()


def test_a_raise_against_an_edit_by_the_author(item, maya, dr_okafor):
    """The item of the newer text is RED, or the clinician is told that there is one."""
    new = PostText("Never mind.", title="A question")
    raised, edited = at_once(lambda: red(item, dr_okafor), lambda: edit_post(item.post, new, by=maya))
    assert not isinstance(edited, Exception)
    now = ReviewItem.objects.open().get()
    expected = (Lane.GREEN, "") if isinstance(raised, Superseded) else (Lane.RED, "changed")
    assert (now.revision_id, now.lane, now.author_did) == (edited.pk, *expected)
    assert find_queue_faults() == []


def test_a_withdrawal_that_waits_for_a_raise_stays_in_red_and_says_so(item, maya, dr_okafor):
    with while_uncommitted(lambda: withdraw_post(item.post, by=maya)) as withdrawn:
        red(item, dr_okafor)
    assert errors(withdrawn) == []
    now = ReviewItem.objects.open().get()
    assert (now.lane, now.author_did) == (Lane.RED, "withdrawn")


def test_a_withdrawal_that_waits_for_a_card_stays_in_red_and_says_so(item, maya, dr_okafor):
    with while_uncommitted(lambda: withdraw_post(item.post, by=maya)) as withdrawn:
        card_for(item, dr_okafor)
    assert errors(withdrawn) == []
    now = ReviewItem.objects.open().get()
    assert (now.lane, now.author_did, now.needs_second) == (Lane.RED, "withdrawn", True)


def test_an_edit_that_waits_for_a_raise_is_in_red(item, maya, dr_okafor):
    new = PostText("Never mind.", title="A question")
    with while_uncommitted(lambda: edit_post(item.post, new, by=maya)) as edited:
        red(item, dr_okafor)
    assert errors(edited) == []
    now = ReviewItem.objects.open().get()
    assert (now.revision_id, now.lane, now.author_did) == (edited[0].pk, Lane.RED, "changed")


def test_a_card_that_waits_for_a_withdrawal_is_refused_and_not_sent(item, maya, dr_okafor):
    with while_uncommitted(lambda: card_for(item, dr_okafor)) as sent:
        withdraw_post(item.post, by=maya)
    assert [type(each) for each in sent] == [CardRefused]
    assert not HelpCard.objects.exists()
    assert not maya.notifications.filter(kind="help-card").exists()


def test_a_deletion_that_waits_for_a_card_stays_in_red_and_says_so(say, maya, noah, dr_okafor):
    post = say(maya, "The evenings are long.")
    report_post(post, by=noah, reason="spam")
    reported = ReviewItem.objects.open().get()
    with while_uncommitted(lambda: delete_post(post, by=maya)) as deleted:
        card_for(reported, dr_okafor)
    assert errors(deleted) == []
    reported.refresh_from_db()
    assert (reported.state, reported.lane, reported.author_did) == ("open", Lane.RED, "deleted")
    assert HelpCard.objects.open().get().item == reported


def test_deleting_a_post_while_its_author_gets_a_card(say, maya, noah, dr_okafor):
    post = say(maya, "The evenings are long.")
    report_post(post, by=noah, reason="spam")
    reported = ReviewItem.objects.open().get()
    found = at_once(lambda: delete_post(post, by=maya), lambda: card_for(reported, dr_okafor))
    assert kinds(found) == ([], 2)
    reported.refresh_from_db()
    assert (reported.state, reported.lane, reported.needs_second) == ("open", Lane.RED, True)
    assert maya.notifications.filter(kind="help-card").count() == 1


def test_a_card_sent_in_two_tabs_at_once_is_one_card(item, dr_okafor):
    sent = at_once(*[lambda: card_for(item, dr_okafor).pk] * 4)
    assert (errors(sent), len(set(sent)), HelpCard.objects.count()) == ([], 1, 1)


def test_two_moderators_who_see_danger_in_one_post_share_one_item(say, maya, dr_okafor, dr_lind):
    post = say(maya, "The evenings are long.")
    found = at_once(*(lambda by=by: flag_danger(post, by=by, reason="A bridge.").pk for by in (dr_okafor, dr_lind)))
    assert (errors(found), len(set(found)), ReviewItem.objects.open().count()) == ([], 1, 1)


def test_undoing_a_raise_against_a_colleagues_card(item, dr_okafor, dr_lind):
    entry = change_urgency(item, by=dr_okafor, lane=Lane.RED, reason="A bridge.")
    undone, sent = at_once(lambda: undo_change(entry, by=dr_okafor), lambda: card_for(item, dr_lind))
    assert isinstance(sent, HelpCard)
    assert isinstance(undone, (ReviewItem, Superseded))
    item.refresh_from_db()
    assert (item.lane, item.needs_second) == (Lane.RED, True)


def test_taking_the_next_item_while_another_closes_it(item, maya, dr_okafor, dr_lind):
    red(item, dr_okafor)
    withdraw_post(item.post, by=maya)
    closed, claimed = at_once(lambda: close_item(item, by=dr_okafor, reason="Safe."), lambda: claim_next(dr_lind))
    item.refresh_from_db()
    if isinstance(closed, Superseded):
        assert (claimed, item.state, item.claimed_by) == (item, "open", dr_lind)
    else:
        assert (claimed, item.state, item.claimed_by) == (None, "closed", None)
