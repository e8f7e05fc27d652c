"""Read-only periods: manual, automatic, and what members can do during one."""

import ast
import inspect
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from accounts.models import Credential
from forum.appeals.appeal import appeal
from forum.appeals.questions import ask
from forum.appeals.reports import report_member, report_post
from forum.members import reactions_and_follows
from forum.models import Draft, Duty, Post, PostRevision, ReadOnlyPeriod, Report
from forum.moderation.approve_and_reply import approve_and_reply
from forum.moderation.text_decisions import reject
from forum.posting import posts, read_only
from forum.posting.posts import PostText
from forum.team import rota

HOUR = timedelta(hours=1)


@pytest.fixture
def closed(lead):
    return read_only.begin(by=lead, reason="A flood.")


@pytest.fixture
def post(say, maya):
    return say(maya, "Question.")


def test_every_posting_service_refuses_during_a_read_only_period(post, category, maya, closed):
    count = PostRevision.objects.count()
    for send in (
        lambda: posts.start_thread(category, PostText("New.", title="T"), by=maya, key=uuid4()),
        lambda: posts.reply(post.thread, PostText("Reply."), by=maya, key=uuid4()),
        lambda: posts.edit_post(post, PostText("Edit.", title="T"), by=maya),
    ):
        with pytest.raises(read_only.ReadOnly, match="isn’t taking new posts right now"):
            send()
    assert PostRevision.objects.count() == count


def test_every_function_that_creates_a_revision_checks_limits():
    """Callers of `_new_post` and `_new_revision` call `check_limits`; nothing else creates a revision."""
    functions = [f for f in ast.parse(inspect.getsource(posts)).body if isinstance(f, ast.FunctionDef)]
    calls = {f.name: [ast.unparse(c.func) for c in ast.walk(f) if isinstance(c, ast.Call)] for f in functions}
    makers = {name for name, called in calls.items() if {"_new_post", "_new_revision"} & set(called)} - {"_new_post"}
    assert makers == {"open_thread", "reply", "add_revision"}
    assert [name for name in makers if "check_limits" not in calls[name]] == []


def test_resending_an_already_sent_form_still_returns_the_post(category, maya, lead):
    key = uuid4()
    sent = posts.start_thread(category, PostText("New.", title="T"), by=maya, key=key)
    read_only.begin(by=lead, reason="A flood.")
    assert posts.start_thread(category, PostText("New.", title="T"), by=maya, key=key) == sent


def test_reports_appeals_withdrawals_and_deletions_still_work(say, post, maya, noah, dr_okafor, lead):
    refused = say(noah, "Refused.", post.thread, public=False)
    no = reject(refused.revisions.get(), by=dr_okafor, reason="dose")
    waiting = say(noah, "Waiting.", post.thread, public=False)
    read_only.begin(by=lead, reason="A flood.")
    report_post(post, by=noah, reason="dose")
    report_member(maya, by=noah, reason="unkind")
    appeal(no, by=noah, text="Why?")
    ask(no, by=noah, text="What was wrong?")
    reactions_and_follows.react(post, by=noah, kind="thanks", on=True)
    posts.withdraw_post(waiting, by=noah)
    posts.delete_post(post, by=maya)
    assert Report.objects.open().count() == 2
    assert Post.objects.get(pk=waiting.pk).state == "withdrawn"


def test_moderators_can_still_post_and_decide(say, category, maya, dr_okafor, lead):
    waiting = say(maya, "Question.", public=False)
    read_only.begin(by=lead, reason="A flood.")
    approve_and_reply(waiting.revisions.get(), by=dr_okafor, body="An answer.", key=uuid4())
    assert Post.objects.filter(author=dr_okafor).count() == 1


@pytest.mark.parametrize("place", ["new-thread", "reply", "edit-post"])
def test_each_form_says_so_and_keeps_what_was_typed(client, post, maya, category, closed, place):
    where = {"new-thread": [category.slug], "reply": [post.thread_id, post.thread.slug], "edit-post": [post.pk]}
    client.force_login(maya)
    url = reverse(f"forum:{place}", args=where[place])
    html = client.get(url).content.decode()
    assert "New posts are paused until one is." in html
    assert (reverse("help-now") in html, 'value="send"' in html, 'value="draft"' in html) == (True, False, True)
    typed = {"title": "My title", "body": "My very words.", "key": str(uuid4()), "seen": 1, "do": "send"}
    html = client.post(url, typed).content.decode()
    assert "Your text is still here" in html
    assert "My very words." in html
    assert (Draft.objects.count(), PostRevision.objects.count()) == (0, 1)
    assert client.post(url, typed | {"do": "draft"}).url == reverse("forum:my-posts")
    assert Draft.objects.get().form_data["body"] == "My very words."


def test_report_pages_and_the_index_explain_the_read_only_period(client, post, noah, closed, dr_okafor):
    assert "You can’t post until a clinician is back." in client.get("/forum/").content.decode()
    client.force_login(noah)
    html = client.get(reverse("forum:report-post", args=[post.pk])).content.decode()
    assert "a moderator will read it when they’re back" in html
    client.force_login(dr_okafor)
    write = client.get(reverse("forum:reply", args=[post.thread_id, post.thread.slug])).content.decode()
    assert ("New posts are paused" in write, 'value="send"' in write) == (False, True)


def test_only_the_lead_starts_and_ends_a_period_by_hand(maya, dr_okafor, lead):
    for who in (maya, dr_okafor):
        with pytest.raises(PermissionDenied):
            read_only.begin(by=who, reason="Mine.")
        with pytest.raises(PermissionDenied):
            read_only.end(by=who)
    first = read_only.begin(by=lead, reason="A flood.")
    assert read_only.begin(by=lead, reason="Again.") == first
    assert (read_only.end(by=lead), read_only.end(by=lead)) == (True, False)
    assert ReadOnlyPeriod.objects.get().ended_by == lead


def shift(moderator, starts, ends):
    now = timezone.now()
    return Duty.objects.create(moderator=moderator, starts_at=now + starts * HOUR, ends_at=now + ends * HOUR)


@pytest.mark.parametrize(
    ("starts", "ends", "begins"),
    [(-30, -25, 1), (-30, -23, 0), (-2, 2, 0)],
    ids=["long ago", "not so long ago", "on duty now"],
)
def test_a_period_starts_automatically_after_a_day_without_duty(dr_okafor, starts, ends, begins):
    shift(dr_okafor, starts, ends)
    assert read_only.watch_duty() == begins
    assert read_only.watch_duty() == 0
    assert ReadOnlyPeriod.objects.running().filter(by=None).count() == begins
    assert dr_okafor.notifications.filter(kind="desk").count() == begins


def test_a_period_never_starts_automatically_when_disabled_or_without_a_rota(dr_okafor, settings):
    assert read_only.watch_duty() == 0
    shift(dr_okafor, -300, -200)
    settings.FORUM_READ_ONLY_HOURS = 0
    assert read_only.watch_duty() == 0


def test_a_planned_shift_ends_only_an_automatic_period(dr_okafor, lead):
    shift(dr_okafor, -300, -200)
    assert read_only.watch_duty() == 1
    shift(dr_okafor, -1, 1)
    assert (read_only.watch_duty(), read_only.watch_duty()) == (1, 0)
    by_hand = read_only.begin(by=lead, reason="A flood.")
    assert read_only.watch_duty() == 0
    assert list(ReadOnlyPeriod.objects.running()) == [by_hand]


def test_ending_a_period_by_hand_restarts_the_hours(dr_okafor, lead):
    shift(dr_okafor, -300, -200)
    read_only.watch_duty()
    read_only.end(by=lead)
    assert read_only.watch_duty() == 0
    ReadOnlyPeriod.objects.update(ended_at=timezone.now() - 25 * HOUR)
    assert read_only.watch_duty() == 1


def test_a_duty_without_a_valid_license_does_not_count(dr_okafor):
    shift(dr_okafor, -30, 5)
    Credential.objects.update(expires_at=timezone.now())
    assert read_only.watch_duty() == 1


def test_members_can_post_again_when_a_moderator_comes_on_duty(post, maya, dr_okafor):
    ReadOnlyPeriod.objects.create(reason="By itself.")
    rota.start_duty(by=dr_okafor, hours=1)
    assert posts.reply(post.thread, PostText("Reply."), by=maya, key=uuid4()).state == "waiting"
