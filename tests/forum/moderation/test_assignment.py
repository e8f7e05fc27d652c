"""Heavy items are shared out, and a break is suggested after many."""

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
    """Red items that wait, as many as one asks for; then a green one."""
    settings.FORUM_POSTS_PER_HOUR_NEW = 50

    def red(n):
        made = [say((maya, noah)[i % 2], f"Words {i}.", public=False).pk for i in range(n + 1)]
        ReviewItem.objects.filter(post__in=made[:-1]).update(lane=1)
        return list(ReviewItem.objects.filter(post__in=made).order_by("pk"))

    return red


def close(items, by, *, lane=1, ago=timedelta(0)):
    done = {"state": "closed", "closed_by": by, "lane": lane, "closed_at": timezone.now() - ago}
    ReviewItem.objects.filter(pk__in=[item.pk for item in items]).update(**done)


def test_after_three_red_ones_a_lighter_one_while_a_colleague_is_free(red, dr_okafor, dr_lind):
    *heavy, light = red(4)
    close(heavy[:3], dr_okafor)
    assert claims.claim_next(dr_okafor) == heavy[3]  # nobody else is on duty: nobody in danger waits
    claims.release(heavy[3], by=dr_okafor)
    rota.start_duty(by=dr_lind, hours=1)
    assert claims.claim_next(dr_okafor) == light
    assert claims.claim_next(dr_lind) == heavy[3]


@pytest.mark.parametrize("why", ["busy", "two only", "one was light", "none lighter", "half over", "asked", "long ago"])
def test_and_a_red_one_where_that_helps_nobody(red, dr_okafor, dr_lind, why):
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
    else:
        close(heavy[:3], dr_okafor, ago=timedelta(hours=5))
    assert claims.claim_next(dr_okafor) == heavy[3]


def test_a_break_is_suggested_after_five_red_ones_and_no_more_after_it(client, red, dr_okafor):
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


def test_what_lies_before_this_duty_or_hours_back_counts_no_more(red, dr_okafor, dr_lind):
    *heavy, _ = red(5)
    close(heavy[:2], dr_okafor, ago=timedelta(minutes=5))
    close(heavy[2:4], dr_okafor, ago=timedelta(hours=5))
    close(heavy[4:], dr_lind)
    assert assignment.heavy_items_since_break(dr_okafor) == 2
    rota.start_duty(by=dr_okafor, hours=1)
    assert assignment.heavy_items_since_break(dr_okafor) == 0
