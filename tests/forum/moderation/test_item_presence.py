"""Moderators see which colleagues have an item open, and who has looked at it without deciding."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from forum.models import ItemView, ReviewItem
from forum.moderation import claims

QUEUE = reverse("forum:review-queue")


@pytest.fixture
def item(say, maya):
    return say(maya, "The evenings are long.", title="Long evenings", public=False).review_items.get()


@pytest.fixture
def seen_by(client, item):
    def read(who):
        """What the page of the item and the queue say to this moderator."""
        client.force_login(who)
        pages = [client.get(url).content.decode() for url in (reverse("forum:review-item", args=[item.pk]), QUEUE)]
        return [" ".join(page.split()) for page in pages]

    return read


def has_open(client, who, item):
    client.force_login(who)
    return client.post(reverse("forum:duty-here"), {"item": item.pk})


def test_a_colleague_who_has_the_page_open_is_named(client, item, seen_by, dr_okafor, dr_lind):
    assert all("looking at this" not in page for page in seen_by(dr_okafor))
    assert has_open(client, dr_lind, item).status_code == 204
    assert all("Dr. Lind is looking at this now" in page for page in seen_by(dr_okafor))
    assert all("looking at this" not in page for page in seen_by(dr_lind))  # no one is told of themselves


def test_who_has_left_has_looked_and_not_decided(client, item, seen_by, dr_okafor, dr_lind):
    has_open(client, dr_lind, item)
    ItemView.objects.update(seen_at=timezone.now() - timedelta(minutes=5))
    assert all("Dr. Lind looked at this 5 minutes ago, and hasn’t decided" in page for page in seen_by(dr_okafor))
    has_open(client, dr_lind, item)
    assert all("Dr. Lind is looking at this now" in page for page in seen_by(dr_okafor))
    assert ItemView.objects.count() == 1


def test_who_has_claimed_it_is_named_once(item, seen_by, dr_okafor, dr_lind):
    claims.claim(item, by=dr_lind)
    for page in seen_by(dr_okafor):
        assert ("Dr. Lind is working on this" in page, "looking at this" in page) == (True, False)
    claims.release(item, by=dr_lind)
    assert all("Dr. Lind is looking at this now" in page for page in seen_by(dr_okafor))


def test_the_page_of_an_open_item_sends_the_signal(item, seen_by, dr_okafor):
    page, queue = seen_by(dr_okafor)
    sign = f'type="hidden" name="item" value="{item.pk}"'
    assert (sign in page.split("data-here")[1], "data-here" in queue, sign in queue) == (True, True, False)
    assert not ItemView.objects.exists()  # a GET request records nothing


def test_an_item_that_one_may_not_decide_is_not_found(client, say, dr_okafor):
    own = say(dr_okafor, "My own evenings.", public=False).review_items.get()
    assert has_open(client, dr_okafor, own).status_code == 404
    assert not ReviewItem.objects.get(pk=own.pk).views.exists()
