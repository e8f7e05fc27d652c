"""What moderators do takes effect when it can't be undone anymore, and never existed if it was undone."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from zeal import zeal_ignore

from accounts.models import Notification
from accounts.notifications.outbox import send_emails
from core import page_cache
from forum.appeals.reports import report_post
from forum.models import (
    Category,
    ClinicalNote,
    Decision,
    ItemView,
    PendingAction,
    Post,
    PostRevision,
    ReviewItem,
    Thread,
    ThreadLogEntry,
)
from forum.moderation import claims, pending_actions, text_decisions
from forum.moderation.item_actions import APPROVE, actions_for, form_for
from forum.moderation.pending_actions import NEXT_DUE_KEY, TooLate, apply_due, perform, undo
from forum.moderation.text_decisions import Superseded
from forum.moderation.urgency import change_urgency
from forum.posting.posts import PostText, edit_post, withdraw_post
from forum.publishing.recount import differences
from forum.publishing.requeue import find_queue_faults
from tests.conftest import logged_in
from tests.forum.conftest import let_undo_run_out
from tests.simultaneous import at_once


@pytest.fixture
def waiting(say, maya):
    return say(maya, "Words of Maya.", title="A plain question", public=False)


@pytest.fixture
def item(waiting):
    return waiting.review_items.get()


@pytest.fixture
def desk(dr_okafor):
    return logged_in(dr_okafor)


def act(client, item, name, /, **fields):
    data = {f"{name}-{field}": value for field, value in fields.items()}
    return client.post(reverse("forum:item-action", args=[item.pk, name]), data)


def approval_of(item, by):
    return perform(APPROVE, item, form_for(APPROVE, item, by, {}), by=by)


def state_of_everything():
    """All that readers, the author and the log know, as rows."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Post, PostRevision, Thread, Category, Decision, ClinicalNote, Notification, ThreadLogEntry)
    ]


FORMS = {
    "approve": {"note": "Welcome."},
    "note": {"clinical": "Ask your prescriber."},
    "redact": {"name": "Maya"},
    "changes": {"reason": "dose", "note": "Please leave it out."},
    "reject": {"reason": "spam"},
    "answer": {"body": "My answer.", "key": str(uuid4())},
}


@pytest.mark.parametrize("name", FORMS)
def test_an_undone_decision_never_existed_for_anybody(desk, item, maya, name, client):
    before = state_of_everything()
    assert act(desk, item, name, **FORMS[name])["Location"] == reverse("forum:review-queue")
    assert state_of_everything() == before
    assert client.get(reverse("forum:thread", args=[item.post.thread_id, "x"])).status_code == 404
    pending = PendingAction.objects.get()
    assert desk.post(reverse("forum:undo", args=[pending.pk]))["Location"] == reverse(
        "forum:review-item", args=[item.pk]
    )
    assert let_undo_run_out() == 0
    assert state_of_everything() == before
    assert find_queue_faults() == []


@pytest.mark.parametrize(
    ("name", "left"),
    [
        *[("approve", ("published", "approved")), ("note", ("published", "approved"))],
        *[("redact", ("published", "approved")), ("answer", ("published", "approved"))],
        *[("changes", ("waiting", "changes")), ("reject", ("rejected", "rejected"))],
    ],
)
def test_a_decision_takes_effect_when_its_undo_has_run_out(desk, item, waiting, name, left):
    act(desk, item, name, **FORMS[name])
    assert apply_due() == 0
    assert let_undo_run_out() == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.revisions.get().state) == left
    pending = PendingAction.objects.get()
    assert (pending.state, pending.data, item.post.review_items.get(pk=item.pk).state) == ("done", {}, "closed")
    assert [differences(category) for category in Category.objects.all()] == [[]]


def test_the_next_reader_sees_it_even_without_a_worker(client, desk, item, settings):
    act(desk, item, "approve")
    page = reverse("forum:index")
    assert "A plain question" not in client.get(page).content.decode()
    PendingAction.objects.update(due_at=timezone.now())
    page_cache.shared().delete(NEXT_DUE_KEY)  # as committing does
    assert "A plain question" in client.get(page).content.decode()


def test_nothing_due_costs_no_query_once_it_is_known(db, django_assert_num_queries):
    pending_actions.apply_due_for_reader()
    with django_assert_num_queries(0):
        pending_actions.apply_due_for_reader()


def test_readers_get_their_page_if_the_database_refuses(item, dr_okafor, monkeypatch):
    approval_of(item, dr_okafor)
    PendingAction.objects.update(due_at=timezone.now())

    def refuse(pk):
        raise DatabaseError

    monkeypatch.setattr(pending_actions, "_settle", refuse)
    pending_actions.apply_due_for_reader()
    assert page_cache.shared().get(NEXT_DUE_KEY) == "nothing"


def test_undo_is_refused_to_others_and_when_it_is_too_late(desk, item, dr_okafor, dr_lind):
    pending = approval_of(item, dr_okafor)
    assert timedelta(seconds=29) < pending.due_at - timezone.now() <= timedelta(seconds=30)
    assert logged_in(dr_lind).post(reverse("forum:undo", args=[pending.pk])).status_code == 404
    PendingAction.objects.update(due_at=timezone.now())
    with pytest.raises(TooLate):
        undo(pending, by=dr_okafor)
    answer = desk.post(reverse("forum:undo", args=[pending.pk]))
    assert (answer.status_code, "Too late to undo" in answer.content.decode()) == (409, True)


def test_what_stands_in_the_way_is_said_at_once(desk, item, dr_lind):
    claims.claim(item, by=dr_lind)
    assert act(desk, item, "approve").status_code == 409
    claims.release(item, by=dr_lind)
    too_long = act(desk, item, "redact", name="Nobody’s words")
    assert "isn’t in the text exactly like this" in too_long.content.decode()
    assert not PendingAction.objects.exists()


def test_a_second_click_decides_once_and_a_colleague_cannot_decide_meanwhile(desk, item, dr_okafor, dr_lind):
    assert approval_of(item, dr_okafor) == approval_of(item, dr_okafor)
    with pytest.raises(Superseded):
        approval_of(item, dr_lind)
    with pytest.raises(Superseded):
        claims.take_over(item, by=dr_lind)
    with pytest.raises(Superseded):
        text_decisions.approve(item.revision, by=dr_lind)
    html = logged_in(dr_lind).get(reverse("forum:review-item", args=[item.pk])).content.decode()
    assert "Dr. Okafor has decided: Approve." in html and "action-panel" not in html
    assert not claims.release(item, by=dr_okafor)  # leaving the page releases what isn't decided
    assert list(ReviewItem.objects.undecided()) == []
    assert claims.claim_next(dr_lind) is None


def test_two_actions_on_one_item_are_refused_by_the_database(item, dr_okafor):
    held = {"item": item, "by": dr_okafor, "credential": dr_okafor.credentials.get()}
    PendingAction.objects.create(action="approve", title="Approve", **held)
    with pytest.raises(IntegrityError), transaction.atomic():
        PendingAction.objects.create(action="reject", title="Do not publish", **held)


def change(post, maya, dr_lind):
    edit_post(post, PostText("Newer words.", title="A plain question"), by=maya)


def withdraw(post, maya, dr_lind):
    withdraw_post(post, by=maya)


def raise_to_red(post, maya, dr_lind):
    change_urgency(post.review_items.get(), by=dr_lind, lane=1, reason="It reads like a farewell.")


@pytest.mark.parametrize("what", [change, withdraw, raise_to_red])
def test_a_decision_on_what_has_changed_meanwhile_does_not_take_effect(waiting, item, maya, dr_okafor, dr_lind, what):
    approval_of(item, dr_okafor)
    what(waiting, maya, dr_lind)
    assert let_undo_run_out() == 0
    waiting.refresh_from_db()
    assert waiting.state != "published"
    assert PendingAction.objects.get().state == "failed"
    assert Notification.objects.of(dr_okafor).get().sentence.startswith("Something you did as a moderator couldn’t be")
    if what is raise_to_red:
        assert (ReviewItem.objects.undecided().get().lane, claims.claim_next(dr_lind)) == (1, item)


def test_a_credential_that_lapses_meanwhile_decides_nothing(waiting, item, dr_okafor):
    approval_of(item, dr_okafor)
    dr_okafor.credentials.update(expires_at=timezone.now())
    assert let_undo_run_out() == 0
    waiting.refresh_from_db()
    assert (waiting.state, PendingAction.objects.get().failure) == ("waiting", "You may not do this anymore.")


def test_an_error_of_our_own_keeps_no_reader_from_their_page(item, dr_okafor, monkeypatch):
    approval_of(item, dr_okafor)
    monkeypatch.setattr(pending_actions, "_find", lambda pending: 1 / 0)
    assert let_undo_run_out() == 0
    assert PendingAction.objects.get().failure == "There was an error on our side."


def test_what_was_typed_comes_back_after_an_undo(desk, item):
    act(desk, item, "note", clinical="A long and careful note.")
    page = desk.post(reverse("forum:undo", args=[PendingAction.objects.get().pk]), follow=True).content.decode()
    assert "A long and careful note." in page
    assert 'id="action-note" name="action" data-key="n" open' in page
    assert "Yours for" in page


def test_a_bulk_approval_is_undone_as_a_whole_or_one_by_one(desk, say, maya, dr_okafor):
    items = [say(maya, f"Words {n}.", title=f"Number {n}", public=False).review_items.get() for n in range(3)]
    for one in items:
        ItemView.objects.create(item=one, by=dr_okafor)
    with zeal_ignore():  # each approval locks its own rows
        desk.post(reverse("forum:bulk-approve"), {"item": [one.pk for one in items]})
    html = desk.get(reverse("forum:review-queue")).content.decode()
    assert [f"“Number {n}”" in html for n in range(3)] == [True] * 3
    desk.post(reverse("forum:undo", args=[items[1].pending_actions.get().pk]))
    assert "Undo all 2" in desk.get(reverse("forum:review-queue")).content.decode()
    desk.post(reverse("forum:undo-all"))
    assert (let_undo_run_out(), Decision.objects.count()) == (0, 0)


def test_a_removal_and_a_merge_can_be_undone(desk, published, maya, noah):
    post, other = published(maya, "Question."), published(noah, "Another.")
    before = state_of_everything()
    desk.post(reverse("forum:post-action", args=[post.pk, "remove"]), {"remove-reason": "dose"})
    merging = {"merge-into": str(other.thread_id), "merge-seen": str(other.thread_id)}
    assert desk.post(reverse("forum:thread-action", args=[post.thread_id, "merge"]), merging).status_code == 302
    assert state_of_everything() == before
    desk.post(reverse("forum:undo-all"))
    assert (let_undo_run_out(), state_of_everything() == before) == (0, True)
    desk.post(reverse("forum:thread-action", args=[post.thread_id, "merge"]), merging)
    assert let_undo_run_out() == 1
    assert Post.objects.get(pk=post.pk).thread_id == other.thread_id


def test_a_removal_waits_for_whoever_reads_a_report_that_came_meanwhile(desk, published, maya, noah):
    post = published(maya, "Question.")
    desk.post(reverse("forum:post-action", args=[post.pk, "remove"]), {"remove-reason": "dose"})
    report_post(post, by=noah, reason="worried-self-harm", note="She wrote to me.")
    assert let_undo_run_out() == 0
    assert ReviewItem.objects.undecided().get().lane == 1


def test_hiding_takes_effect_at_once(desk, published, maya):
    post = published(maya, "Question.")
    desk.post(reverse("forum:post-action", args=[post.pk, "hide"]), {"hide-reason": "dose"})
    assert Post.objects.get().state == "hidden"


def test_nobody_is_mailed_before_it_takes_effect(desk, item, maya):
    act(desk, item, "reject", reason="spam")
    assert (send_emails(), Notification.objects.of(maya).count()) == (0, 0)
    let_undo_run_out()
    assert Notification.objects.of(maya).count() == 1


def test_deciding_opens_the_next_item_of_the_same_filter(desk, say, maya, noah):
    first, second = (say(who, f"Words {who}.", public=False).review_items.get() for who in (maya, noah))
    red = say(maya, "Red.", public=False).review_items.get()
    ReviewItem.objects.filter(pk=red.pk).update(lane=1)
    opened = desk.post(reverse("forum:next-item") + "?lane=green")["Location"]
    assert opened == reverse("forum:review-item", args=[first.pk]) + "?lane=green"
    assert "approve/?lane=green" in desk.get(opened).content.decode()
    decided = desk.post(reverse("forum:item-action", args=[first.pk, "approve"]) + "?lane=green")
    assert decided["Location"] == reverse("forum:review-item", args=[second.pk]) + "?lane=green"
    decided = desk.post(reverse("forum:item-action", args=[second.pk, "approve"]) + "?lane=green")
    assert decided["Location"] == reverse("forum:review-queue") + "?lane=green"


def test_next_does_not_give_back_what_was_just_put_back(desk, item, dr_okafor, dr_lind):
    assert claims.claim_next(dr_okafor) == item
    act(desk, item, "hand-back", why="It’s too close to home", note="I know her.")
    assert item.private_notes.get().text == "It’s too close to home. I know her."
    assert claims.claim_next(dr_okafor) is None
    assert claims.claim_next(dr_lind) == item


@pytest.mark.django_db(transaction=True)
def test_two_readers_at_once_carry_it_out_once(item, dr_okafor):
    approval_of(item, dr_okafor)
    PendingAction.objects.update(due_at=timezone.now())
    assert sorted(at_once(apply_due, apply_due)) == [0, 1]
    assert Decision.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_undo_and_a_reader_at_once_agree(item, dr_okafor):
    pending = approval_of(item, dr_okafor)
    due = timezone.now() + timedelta(seconds=0.05)
    PendingAction.objects.update(due_at=due)
    at_once(lambda: undo(pending, by=dr_okafor), apply_due)
    apply_due() if timezone.now() > due else None
    pending.refresh_from_db()
    assert Decision.objects.count() == (0 if pending.state in ("undone", "pending") else 1)


def test_every_action_that_waits_can_be_found_again(say, item, dr_okafor):
    """The name in the row is all that is left of the action until it is carried out."""
    names = [action.name for action in actions_for(item, dr_okafor)]
    assert len(names) == len(set(names))
