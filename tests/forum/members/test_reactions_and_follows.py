import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import Block
from forum.members import reactions_and_follows
from forum.models import Bookmark, Reaction, ReadMark, Subscription


def marks():
    return list(ReadMark.objects.values_list("position", flat=True))


def test_a_read_mark_never_moves_back_or_past_the_last_post(published, maya, noah):
    thread = published(maya, "Question.").thread
    thread = published(maya, "More.", thread).thread
    for position, kept in ((0, []), (1, [1]), (2, [2]), (1, [2]), (99, [2])):
        reactions_and_follows.mark_read(thread, by=noah, position=position)
        assert marks() == kept


def test_every_action_is_idempotent_and_reversible(published, maya, noah, category):
    post = published(maya, "Question.")
    acts = [
        (Bookmark, lambda on: reactions_and_follows.bookmark(post, by=noah, on=on)),
        (Subscription, lambda on: reactions_and_follows.follow_thread(post.thread, by=noah, on=on)),
        (Subscription, lambda on: reactions_and_follows.follow_category(category, by=noah, on=on)),
        (Reaction, lambda on: reactions_and_follows.react(post, by=noah, kind="thanks", on=on)),
    ]
    for model, act in acts:
        for on, count in ((True, 1), (True, 1), (False, 0), (False, 0)):
            act(on)
            assert model.objects.count() == count


def test_only_the_member_who_asked_can_say_that_a_reply_answered_them(published, maya, noah, dr_okafor):
    thread = published(maya, "Question.").thread
    reply, own = published(noah, "Answer.", thread), published(maya, "More.", thread)
    for post, who in [(reply, dr_okafor), (reply, noah), (own, maya), (own, noah)]:
        with pytest.raises(PermissionDenied):
            reactions_and_follows.react(post, by=who, kind="answered", on=True)
    reactions_and_follows.react(reply, by=maya, kind="answered", on=True)
    assert list(Reaction.objects.values_list("post", "by", "kind")) == [(reply.pk, maya.pk, "answered")]


def test_members_cannot_react_to_their_own_posts(published, maya):
    with pytest.raises(PermissionDenied):
        reactions_and_follows.react(published(maya, "Question."), by=maya, kind="thanks", on=True)


@pytest.mark.parametrize("who", ["maya", "noah"])
def test_a_block_prevents_reactions_but_not_withdrawing_them(published, maya, noah, who):
    post = published(maya, "Question.")
    reactions_and_follows.react(post, by=noah, kind="me-too", on=True)
    owner, other = (maya, noah) if who == "maya" else (noah, maya)
    Block.objects.create(owner=owner, other=other, kind=Block.Kind.BLOCK)
    with pytest.raises(PermissionDenied):
        reactions_and_follows.react(post, by=noah, kind="thanks", on=True)
    reactions_and_follows.react(post, by=noah, kind="me-too", on=False)
    assert Reaction.objects.count() == 0


def test_refusing_a_reaction_does_not_reveal_an_anonymous_author(published, maya, noah):
    post = published(maya, "Secret.", anonymous=True)
    Block.objects.create(owner=noah, other=maya, kind=Block.Kind.BLOCK)
    reactions_and_follows.react(post, by=noah, kind="thanks", on=True)
    assert Reaction.objects.count() == 1
