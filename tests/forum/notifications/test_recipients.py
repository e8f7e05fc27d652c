"""No refusal, silence or collapsed post reveals an anonymous author (docs/decisions/0003-forum.md)."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import Block, Notification
from forum.moderation.text_decisions import approve
from forum.notifications.kinds import post_can_be_seen
from forum.permissions import can_quote_post, can_reply
from forum.posting.posts import PostText, reply

OWNERS = pytest.mark.parametrize("owner", ["maya", "noah"])


@pytest.fixture
def block(maya, noah):
    def block(owner):
        one, other = (maya, noah) if owner == "maya" else (noah, maya)
        Block.objects.create(owner=one, other=other, kind="block")

    return block


def kinds_for(user):
    return sorted(Notification.objects.of(user).exclude(kind="my-post").values_list("kind", flat=True))


@OWNERS
def test_an_anonymous_thread_accepts_replies_despite_a_block(client, say, maya, noah, block, owner):
    thread = say(maya, "Secret.", anonymous=True).thread
    block(owner)
    assert can_reply(noah, thread)
    assert reply(thread, PostText("Answer."), by=noah, key=uuid4()).state == "waiting"
    client.force_login(noah)
    html = client.get(thread.get_absolute_url()).content.decode()
    assert reverse("forum:reply", args=[thread.pk, thread.slug]) in html
    assert "Maya" not in html


@OWNERS
def test_a_named_thread_refuses_replies_across_a_block(say, maya, noah, dr_lind, block, owner):
    """Even if its author also wrote there under an alias later."""
    thread = say(maya, "Question.").thread
    say(maya, "Secret.", thread, anonymous=True)
    block(owner)
    assert not can_reply(noah, thread)
    assert can_reply(dr_lind, thread)
    assert can_reply(maya, thread)
    with pytest.raises(PermissionDenied):
        reply(thread, PostText("Answer.", anonymous=True), by=noah, key=uuid4())


@OWNERS
def test_an_anonymous_question_accepts_replies_although_its_author_also_posts_by_name(say, maya, noah, block, owner):
    """If Noah were refused now, he would know that the asker is the author of the named answer."""
    thread = say(maya, "Secret.", anonymous=True).thread
    say(maya, "By name.", thread)
    block(owner)
    assert can_reply(noah, thread)


@OWNERS
def test_a_block_prevents_quoting_named_posts_but_not_anonymous_ones(say, maya, noah, elif_, block, owner):
    thread = say(elif_, "Question.").thread
    hidden, open_ = say(maya, "Secret.", thread, anonymous=True), say(maya, "By name.", thread)
    block(owner)
    assert (can_quote_post(noah, thread, hidden), can_quote_post(noah, thread, open_)) == (True, False)


@pytest.mark.parametrize(("owner", "kind"), [("maya", "mute"), ("maya", "block"), ("noah", "block")])
@pytest.mark.parametrize(("anonymous", "told"), [(True, ["reply"]), (False, [])])
def test_a_missing_notification_does_not_reveal_an_anonymous_author(
    say, maya, noah, dr_okafor, owner, kind, anonymous, told
):
    """Maya is notified of every anonymous answer. If his alone were missing, she would recognize him."""
    post = say(noah, "Answer.", say(maya, "Question.").thread, public=False, anonymous=anonymous)
    one, other = (maya, noah) if owner == "maya" else (noah, maya)
    Block.objects.create(owner=one, other=other, kind=kind)
    approve(post.revisions.get(), by=dr_okafor)
    assert kinds_for(maya) == told
    assert all(post_can_be_seen(n) for n in Notification.objects.of(maya).filter(kind="reply"))


def test_a_block_set_before_the_email_stops_only_email_about_named_posts(say, maya, noah):
    thread = say(maya, "Question.").thread
    for anonymous in (True, False):
        say(noah, f"Answer {anonymous}.", thread, anonymous=anonymous)
    Block.objects.create(owner=maya, other=noah, kind="block")
    news = Notification.objects.of(maya).filter(kind="reply").order_by("pk")
    assert [post_can_be_seen(n) for n in news] == [True, False]


def test_the_anonymous_asker_is_not_notified_of_named_replies_by_a_muted_member(say, maya, noah, dr_okafor):
    """Maya asked anonymously and muted Noah. The mute is hers, and Noah learns nothing from it."""
    post = say(noah, "Answer.", say(maya, "Secret.", anonymous=True).thread, public=False)
    Block.objects.create(owner=maya, other=noah, kind="mute")
    approve(post.revisions.get(), by=dr_okafor)
    assert kinds_for(maya) == []
