"""The kept queries of the queue and of an item's page return what the querysets do that they were composed from."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.permissions import credential_in_force
from forum.appeals.reports import report_post
from forum.models import PendingAction, Post, ReviewItem
from forum.moderation import item_context, pending_actions, queue
from forum.permissions import INDEPENDENT, independent
from tests.forum.threads.test_kept_queries import values


@pytest.fixture
def desk(loaded_rules, settings, published, say, maya, noah, dr_okafor, dr_lind):
    """Posts, edits and reports of two members and two moderators; one post was removed."""
    settings.FORUM_POSTS_PER_HOUR_NEW = 100
    chance, bodies = random.Random(3), ["I can’t go on.", "My eyes are yellow.", "Fine."]
    for n in range(12):
        asker, who = chance.choice([maya, noah]), chance.choice([maya, noah, dr_okafor, dr_lind])
        opening = published(asker, f"Question {n}.")
        post = say(who, f"{chance.choice(bodies)} {n}", opening.thread if n % 3 else None, public=False)
        if n % 3:
            Post.objects.filter(pk=post.pk).update(quoted=opening)
        if n % 2 and who != asker:
            report_post(opening, by=who, reason="dose")
    Post.objects.filter(pk=Post.objects.filter(state="published").first().pk).update(state="removed")
    item = ReviewItem.objects.open().best_first()[0]
    credential = credential_in_force(dr_lind)
    PendingAction.objects.create(item=item, by=dr_lind, credential=credential, action="approve", title="Approve")
    return [dr_okafor, dr_lind]


def test_the_queue(desk):
    now, keys = timezone.now(), list(ReviewItem.objects.values_list("pk", flat=True))
    seen = []
    for moderator in desk:
        kept = queue.OPEN_ITEMS_BY_LANE(moderator.pk, now)
        assert sorted(kept, key=str) == sorted(queue.open_items_by_lane(moderator.pk, now), key=str)
        seen.append(sum(row["n"] for row in kept))
        assert [bool(INDEPENDENT(pk, moderator.pk)) for pk in keys] == [
            independent(pk, moderator.pk).exists() for pk in keys
        ]
        assert queue.OPEN_ITEMS_BY_LANE(moderator.pk, now + timedelta(days=366)) == []  # the credential has lapsed
    assert len(keys) > max(seen) >= min(seen) > 3
    assert values(queue.ITEMS_WITH_TEXTS.with_keys(keys[:5])) == values(queue.items_with_texts(*keys[:5]))


def test_an_items_page(desk, maya):
    for post in Post.objects.all():
        place = (post.pk, post.thread_id, post.quoted_id or 0, post.created_at)
        assert values(item_context.EARLIER_POSTS(*place)) == values(item_context.earlier_posts(*place))
        for left_out in (post.pk, 0):
            texts = item_context.LAST_TEXTS(post.author_id, left_out)
            assert values(texts) == values(item_context.last_texts(post.author_id, left_out))
            assert left_out not in {text.post_id for text in texts}
    assert item_context.COUNTS(maya.pk) == list(item_context.counts_of_author(maya.pk))


def test_what_can_be_undone(desk):
    dr_okafor, dr_lind = desk
    now = timezone.now()
    own = PendingAction.objects.filter(by=dr_lind).select_related(
        "item__post__thread", "item__revision", "item__member"
    )
    assert values(pending_actions.UNDOABLE(dr_lind.pk, now)) == values(own.select_related("post__thread", "thread"))
    assert own and not pending_actions.UNDOABLE(dr_okafor.pk, now)
    assert pending_actions.UNDOABLE(dr_lind.pk, now + timedelta(minutes=1)) == []
