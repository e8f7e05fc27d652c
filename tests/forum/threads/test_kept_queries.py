"""The kept queries of threads, posts and lists return what the querysets do that they were composed from."""

import random
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import Block
from forum.members import reactions_and_follows
from forum.models import Category, Duty, Post, Reaction, Thread
from forum.threads.annotations import posts_for_reader, thread_for_reader, threads_for_reader
from forum.threads.listings import (
    CATEGORIES_WITH_DUTIES,
    MEMBERS_FILTERS,
    categories_with_duties,
    filters_for,
    latest_by_category,
    list_rows,
    threads_page,
    with_duties,
    with_latest,
)
from forum.threads.pagination import posts_of_page

VISITOR = AnonymousUser()


def values(rows):
    """What was read for each row: columns, annotations and related objects, these with their columns."""
    return [
        {**{k: v for k, v in vars(row).items() if k[0] != "_"}, **_related(row._state.fields_cache)} for row in rows
    ]


def _related(found):
    return {name: row and {k: v for k, v in vars(row).items() if k[0] != "_"} for name, row in found.items()}


@pytest.fixture
def forum(published, category, maya, noah, elif_, dr_lind):
    """Threads of four people in three categories, with reactions, bookmarks, blocks, read marks and hidden posts."""
    chance, people = random.Random(7), [maya, noah, elif_, dr_lind]
    inside = Category.objects.create(slug="in", title="In", purpose="p", position=2, members_only=True)
    for n in range(9):
        who = chance.choice(people)
        place = published(who, f"Question {n}.", title=f"Title {n}", anonymous=n == 4, members_only=n == 5)
        posts = [published(chance.choice(people), f"Reply {i}.", place.thread) for i in range(chance.randint(0, 4))]
        for post in posts:
            for reader in chance.sample(people, 2):
                if reader != post.author:
                    kinds = [kind for kind in Reaction.Kind if kind != Reaction.Kind.ANSWERED or reader == who]
                    reactions_and_follows.react(post, by=reader, kind=chance.choice(kinds), on=True)
                reactions_and_follows.bookmark(post, by=reader, on=chance.random() < 0.5)
        if posts:
            reactions_and_follows.follow_thread(place.thread, by=chance.choice(people), on=True)
    Block.objects.create(owner=maya, other=noah, kind=Block.Kind.MUTE)
    Thread.objects.filter(title="Title 3").update(category=inside)
    return people


def test_a_page_of_a_thread(forum, maya, noah):
    for user in (VISITOR, maya, noah):
        found = list(threads_for_reader(user).order_by("pk"))
        assert len(found) >= 7
        for thread in found:
            kept = thread_for_reader(thread.pk, user)
            assert values([kept]) == values([thread])
            posts = Post.objects.in_thread(thread).select_related("author", "live_revision", "quoted__author")
            assert values(posts_of_page(kept, "1", user).posts) == values(posts_for_reader(user, posts)[:20])


def test_visitors_get_no_thread_for_members(forum, maya):
    hidden = set(Thread.objects.values_list("pk", flat=True)) - set(
        Thread.objects.visible_to(VISITOR).values_list("pk", flat=True)
    )
    assert len(hidden) == 2
    assert [thread_for_reader(pk, VISITOR) for pk in hidden] == [None, None]
    assert all(thread_for_reader(pk, maya) for pk in hidden)


def test_the_categories_of_the_two_home_pages(forum, dr_lind):
    category = Category.objects.create(slug="empty", title="Empty", purpose="p", position=3)
    now = timezone.now()
    Duty.objects.create(moderator=dr_lind, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
    Duty.objects.create(moderator=dr_lind, starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=2))
    found = categories_with_duties()
    assert values(found) == values(with_duties(timezone.now()))
    assert ([duty["name"] for duty in found[0].duties], found[0].read_only) == (["Dr. Lind"] * 2, False)
    assert [duty["name"] for duty in CATEGORIES_WITH_DUTIES(now + timedelta(hours=2))[0].duties] == ["Dr. Lind"]
    assert category not in latest_by_category()
    assert values(latest_by_category()) == values(row for row in with_latest() if row.latest)


def test_every_list(forum, maya, noah, category):
    """Each filter, in one category and in all, on the first page and after a cursor."""
    later = (timezone.now() + timedelta(days=1)).isoformat()
    for user in (VISITOR, maya, noah):
        everything = values(list_rows(user).newest_first())
        for place in (None, category):
            rows = [row for row in everything if place is None or row["category_id"] == place.pk]
            for show in filters_for(user):
                first = values(threads_page(place, user, show=show, before="").rows)
                again = values(threads_page(place, user, show=show, before=f"{later}_999999_{later}").rows)
                assert [{k: v for k, v in row.items() if k != "earlier"} for row in again] == first
                assert first == [row for row in rows if row["id"] in {found["id"] for found in first}]
            assert values(threads_page(place, user, show="", before="").rows) == rows
    assert not set(filters_for(VISITOR)) & set(MEMBERS_FILTERS)
