"""RED items are shared among moderators, and breaks are suggested."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from forum.models import Duty, ReviewItem
from forum.moderation import assignment, claims
from forum.team import rota

LONG_AGO = timedelta(hours=1)


@pytest.fixture
def red(say, maya, noah, settings):
    """Create `n` RED items and a GREEN one."""
    settings.FORUM_POSTS_PER_HOUR_NEW = 50

    def red(n):
        made = [say((maya, noah)[i % 2], f"Words {i}.", public=False).pk for i in range(n + 1)]
        ReviewItem.objects.filter(post__in=made[:-1]).update(lane=1)
        return list(ReviewItem.objects.filter(post__in=made).order_by("pk"))

    return red


def close(items, by, *, lane=1, ago=timedelta(0)):
    done = {"state": "closed", "closed_by": by, "lane": lane, "closed_at": timezone.now() - ago}
    ReviewItem.objects.filter(pk__in=[item.pk for item in items]).update(**done)


def test_next_skips_red_items_after_three_if_a_colleague_is_free(red, dr_okafor, dr_lind):
    *heavy, light = red(4)
    close(heavy[:3], dr_okafor)
    assert claims.claim_next(dr_okafor) == heavy[3]  # no one else is on duty, so no one in danger waits
    claims.release(heavy[3], by=dr_okafor)
    rota.start_duty(by=dr_lind, hours=1)
    assert claims.claim_next(dr_okafor) == light
    assert claims.claim_next(dr_lind) == heavy[3]


@pytest.mark.parametrize(
    "why", ["busy", "two only", "one was light", "none lighter", "half over", "asked", "profession asked", "long ago"]
)
def test_next_still_offers_red_items_if_skipping_them_would_not_help(red, dr_okafor, dr_lind, why):
    *heavy, light = red(5)
    close(heavy[:3], dr_okafor)
    rota.start_duty(by=dr_lind, hours=1)
    if why == "busy":
        claims.claim(heavy[4], by=dr_lind)
    elif why == "two only":
        close(heavy[:1], dr_lind)
    elif why == "one was light":
        close(heavy[:1], dr_okafor, lane=3)
    elif why == "none lighter":
        close([light], dr_lind)
    elif why == "half over":
        ReviewItem.objects.filter(pk=heavy[3].pk).update(asked_at=timezone.now() - timedelta(minutes=8))
    elif why == "asked":
        ReviewItem.objects.filter(pk=heavy[3].pk).update(escalated_to=dr_okafor, escalated_at=timezone.now())
    elif why == "profession asked":
        passed = {"escalated_to_profession": "physician", "escalated_at": timezone.now()}
        ReviewItem.objects.filter(pk=heavy[3].pk).update(**passed)
    else:
        close(heavy[:3], dr_okafor, ago=timedelta(hours=5))
    assert claims.claim_next(dr_okafor) == heavy[3]


def test_a_break_is_suggested_after_five_red_items_until_one_is_taken(client, red, dr_okafor):
    *heavy, _ = red(6)
    Duty.objects.create(
        moderator=dr_okafor, starts_at=timezone.now() - LONG_AGO, ends_at=timezone.now() + timedelta(hours=3)
    )
    client.force_login(dr_okafor)
    card = "You’ve read a lot of heavy posts"

    def shown():
        return card in client.get(reverse("forum:review-queue")).content.decode()

    close(heavy[:4], dr_okafor)
    assert (assignment.heavy_items_since_break(dr_okafor), shown()) == (4, False)
    close(heavy[:5], dr_okafor)
    assert shown()
    rota.pause_duty(by=dr_okafor)
    assert (assignment.heavy_items_since_break(dr_okafor), shown()) == (0, False)


def test_a_dismissed_break_is_suggested_again_after_five_more(client, red, dr_okafor):
    *heavy, _ = red(11)
    close(heavy[:5], dr_okafor, ago=timedelta(minutes=5))
    client.force_login(dr_okafor)
    queue = reverse("forum:review-queue")
    assert "You’ve read a lot of heavy posts" in client.get(queue).content.decode()
    assert client.post(reverse("forum:dismiss-break")).url == queue
    assert "You’ve read a lot of heavy posts" not in client.get(queue).content.decode()
    close(heavy[5:9], dr_okafor)
    assert "You’ve read a lot of heavy posts" not in client.get(queue).content.decode()
    close(heavy[9:10], dr_okafor)
    assert "You’ve read a lot of heavy posts" in client.get(queue).content.decode()


def test_items_closed_before_this_shift_or_hours_ago_do_not_count(red, dr_okafor, dr_lind):
    *heavy, _ = red(5)
    close(heavy[:2], dr_okafor, ago=timedelta(minutes=5))
    close(heavy[2:4], dr_okafor, ago=timedelta(hours=5))
    close(heavy[4:], dr_lind)
    assert assignment.heavy_items_since_break(dr_okafor) == 2
    rota.start_duty(by=dr_okafor, hours=1)
    assert assignment.heavy_items_since_break(dr_okafor) == 0
