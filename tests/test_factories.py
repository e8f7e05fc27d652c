"""Factories create the same rows as the services."""

import re
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import models, transaction

from accounts.models import User
from forum.models import Category, Post, Subscription, Thread
from forum.moderation.text_decisions import approve
from forum.posting.posts import PostText, reply, start_thread
from tests.conftest import person
from tests.factories import published_post

APPS = ("accounts", "guide", "forum")


@pytest.fixture
def category(db):
    return Category.objects.create(slug="starting", title="Starting", purpose="First weeks.", clinical=True, position=1)


def snapshot():
    """Every row of the apps, field by field. Keys are replaced by the row's rank in its table; times by whether there is one."""
    tables = [m for m in apps.get_models(include_auto_created=True) if m._meta.app_label in APPS]
    ranks = {
        m: {pk: f"#{n}" for n, pk in enumerate(m.objects.order_by("pk").values_list("pk", flat=True))} for m in tables
    }
    return {
        m._meta.label: [_plain(m, row, ranks) for row in m.objects.order_by("pk").values()] for m in tables if ranks[m]
    }


def _plain(model, row, ranks):
    posts = ranks[Post]

    def plain(name, value):
        field = model._meta.get_field(name)
        points_at = (
            field.related_model if isinstance(field, models.ForeignKey) else model if field.primary_key else None
        )
        if points_at:
            return ranks.get(points_at, {}).get(value, value)
        if name == "subject_id":
            return posts.get(value, value)
        if name == "url":
            return re.sub(r"\d+", lambda number: posts[int(number[0])], value)
        return type(value) if isinstance(value, datetime | timedelta | UUID) else value

    return {name: plain(name, value) for name, value in row.items()}


CASES = {
    "a thread": {},
    "a thread with a content warning, for members": {"warning": "Needles", "members_only": True},
    "an anonymous thread": {"anonymous": True},
    "a thread that links to a page of the guide": {
        "body": "See https://getnaltrexone.test/guide/small/ and [it](/guide/small/)."
    },
    "a reply": {"reply": True},
    "a second anonymous reply": {"reply": True, "anonymous": True, "twice": True},
    "a clinician's reply": {"reply": True, "author": "dr_lind"},
    "a clinician's anonymous reply": {"reply": True, "author": "dr_lind", "anonymous": True},
    "a reply by the author of the thread": {"reply": True, "author": "noah"},
    "a reply by an author who joined long ago": {"reply": True, "old": True},
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_published_post_has_the_rows_of_one_that_was_sent_and_approved(
    request, category, article, noah, dr_okafor, case
):
    words = dict(case)
    author = request.getfixturevalue(words.pop("author", "maya"))
    if words.pop("old", False):
        User.objects.filter(pk=author.pk).update(date_joined=datetime.fromisoformat("2020-01-01T00:00+00:00"))
        author.refresh_from_db()
    follower, times = person("fay", "Fay"), 1 + words.pop("twice", False)
    Subscription.objects.create(user=follower, category=category)
    thread = None
    if words.pop("reply", False):
        thread = _sent(noah, "How long does it take?", None, category, dr_okafor).thread
        Subscription.objects.create(user=follower, thread=thread)
    body = words.pop("body", "Some words.")
    before = snapshot()

    def rows_after(publish):
        with transaction.atomic():
            for n in range(times):
                publish(n)
            found = snapshot()
            transaction.set_rollback(True)
        return found

    really = rows_after(lambda n: _sent(author, body + "!" * n, thread, category, dr_okafor, **words))
    place = {"thread": thread} if thread else {"category": category}
    made = rows_after(lambda n: published_post(author, body + "!" * n, by=dr_okafor, **place, **words))
    assert made == really
    assert len(made["forum.Post"]) == len(before.get("forum.Post", [])) + times


def _sent(author, body, thread, category, by, **words):
    if thread:
        post = reply(thread, PostText(body, **words), by=author, key=uuid4())
    else:
        post = start_thread(category, PostText(body, title="A question", **words), by=author, key=uuid4())
    approve(post.revisions.get(), by=by)
    post.refresh_from_db()
    return post


def test_a_published_post_is_no_text_that_calls_people(category, maya, dr_okafor):
    with pytest.raises(ValueError, match="mentions"):
        published_post(maya, "Ask @Noah.", category=category, by=dr_okafor)
    with pytest.raises(ValueError, match="category for a new thread"):
        published_post(maya, "A question.", by=dr_okafor)
    assert not Thread.objects.exists()
