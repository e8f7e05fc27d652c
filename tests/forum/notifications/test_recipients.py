"""No refusal, no silence and no fold tells who writes as “anonymous member” (docs/decisions/0003-forum.md)."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from accounts.models import Block, Notification
from forum.moderation.decide import approve
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


def heard(user):
    return sorted(Notification.objects.of(user).exclude(kind="my-post").values_list("kind", flat=True))


@OWNERS
def test_an_anonymous_thread_refuses_nobody(client, say, maya, noah, block, owner):
    thread = say(maya, "Secret.", anonymous=True).thread
    block(owner)
    assert can_reply(noah, thread)
    assert reply(thread, PostText("Answer."), by=noah, key=uuid4()).state == "waiting"
    client.force_login(noah)
    html = client.get(thread.get_absolute_url()).content.decode()
    assert reverse("forum:reply", args=[thread.pk, thread.slug]) in html
    assert "Maya" not in html


@OWNERS
def test_a_thread_by_name_refuses_whom_a_block_keeps_apart(say, maya, noah, dr_lind, block, owner):
    """Also where its author wrote there under an alias later."""
    thread = say(maya, "Question.").thread
    say(maya, "Secret.", thread, anonymous=True)
    block(owner)
    assert not can_reply(noah, thread)
    assert can_reply(dr_lind, thread)
    assert can_reply(maya, thread)
    with pytest.raises(PermissionDenied):
        reply(thread, PostText("Answer.", anonymous=True), by=noah, key=uuid4())


@OWNERS
def test_an_alias_on_the_question_hides_it_though_its_author_answers_by_name(say, maya, noah, block, owner):
    """Were he refused now, he would know that she who answered had asked."""
    thread = say(maya, "Secret.", anonymous=True).thread
    say(maya, "By name.", thread)
    block(owner)
    assert can_reply(noah, thread)


@OWNERS
def test_anonymous_words_can_be_quoted_by_all_and_those_by_name_cannot(say, maya, noah, elif_, block, owner):
    thread = say(elif_, "Question.").thread
    hidden, open_ = say(maya, "Secret.", thread, anonymous=True), say(maya, "By name.", thread)
    block(owner)
    assert (can_quote_post(noah, thread, hidden), can_quote_post(noah, thread, open_)) == (True, False)


@pytest.mark.parametrize(("owner", "kind"), [("maya", "mute"), ("maya", "block"), ("noah", "block")])
@pytest.mark.parametrize(("anonymous", "told"), [(True, ["reply"]), (False, [])])
def test_silence_tells_nobody_who_answered(say, maya, noah, dr_okafor, owner, kind, anonymous, told):
    """Maya hears of every anonymous answer. If his were the only one of which she heard nothing, she would know him."""
    post = say(noah, "Answer.", say(maya, "Question.").thread, public=False, anonymous=anonymous)
    one, other = (maya, noah) if owner == "maya" else (noah, maya)
    Block.objects.create(owner=one, other=other, kind=kind)
    approve(post.revisions.get(), by=dr_okafor)
    assert heard(maya) == told
    assert all(post_can_be_seen(n) for n in Notification.objects.of(maya).filter(kind="reply"))


def test_a_block_that_comes_before_the_mail_stops_only_mail_about_words_by_name(say, maya, noah):
    thread = say(maya, "Question.").thread
    for anonymous in (True, False):
        say(noah, f"Answer {anonymous}.", thread, anonymous=anonymous)
    Block.objects.create(owner=maya, other=noah, kind="block")
    news = Notification.objects.of(maya).filter(kind="reply").order_by("pk")
    assert [post_can_be_seen(n) for n in news] == [True, False]


def test_who_keeps_away_by_name_is_not_told_of_named_words_in_their_anonymous_thread(say, maya, noah, dr_okafor):
    """Maya asked under an alias and muted Noah: her own block, of which he learns nothing."""
    post = say(noah, "Answer.", say(maya, "Secret.", anonymous=True).thread, public=False)
    Block.objects.create(owner=maya, other=noah, kind="mute")
    approve(post.revisions.get(), by=dr_okafor)
    assert heard(maya) == []
