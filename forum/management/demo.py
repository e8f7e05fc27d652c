"""Load the demo threads of forum/content/demo.yaml through the services, then backdate them.

Only times are written past the services: an empty forum on a developer's machine gets a past.
"""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pgtrigger
from django.db import transaction
from django.utils import timezone

from accounts.models import Notification, User
from core.yaml_text import load_yaml
from forum.experiences.offers import Story, offer_experience
from forum.models import (
    Bookmark,
    Category,
    Decision,
    Duty,
    Post,
    PostRevision,
    Reaction,
    ReadMark,
    Subscription,
    Thread,
    ThreadSchedule,
)
from forum.moderation import post_removal
from forum.moderation.experience_decisions import approve_experience
from forum.moderation.text_decisions import approve, ask_for_changes, reject
from forum.posting import posts
from forum.posting.posts import PostText
from forum.publishing.recount import recount
from forum.visitor_questions.questions import ask

CONTENT = Path(__file__).resolve().parents[1] / "content"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MODERATORS = ("okafor", "lind")
VISITORS_QUESTION = PostText(
    title="How do I bring it up with my doctor?",
    body="I’ve known her for ten years and never told her how much I drink. What do I say first?",
)
Row = dict[str, Any]
People = dict[str, User]


def read_demo_threads() -> list[Row]:
    return load_yaml((CONTENT / "demo.yaml").read_text())


def read_demo_schedules() -> list[Row]:
    return load_yaml((CONTENT / "schedules.yaml").read_text())


def read_demo_experiences() -> list[Row]:
    return load_yaml((CONTENT / "demo_experiences.yaml").read_text())


@transaction.atomic
def load_demo(people: People) -> None:
    """Create the demo threads, earliest first. `people` maps the part of an email before the @ to its user."""
    builder = DemoBuilder(people)
    User.objects.filter(pk__in=[user.pk for user in people.values()]).update(date_joined=builder.now - 60 * DAY)
    for row in sorted(read_demo_threads(), key=lambda row: -row["days"]):
        builder.add_thread(row)
    _add_reactions_and_follows(people)
    _add_duties(people, builder.now)
    _add_schedules(people)
    _add_experiences(people)
    ask(Category.objects.get(for_visitors=True), VISITORS_QUESTION, form_key=uuid4())
    Notification.objects.update(mail_due_at=None)  # no flood of emails at the first start
    for category in Category.objects.all():
        recount(category)  # the latest thread, by the backdated times


class DemoBuilder:
    """Creates threads and posts, and dates them."""

    def __init__(self, people: People) -> None:
        self.people, self.now = people, timezone.now()
        self.random = random.Random(4)  # the same waiting times at each start

    def add_thread(self, row: Row) -> None:
        started = self.now - row["days"] * DAY
        category = Category.objects.get(slug=row["category"])
        post = posts.start_thread(category, _text(row), by=self.people[row["by"]], key=uuid4())
        created = [self._finish(post, row, started)]
        for reply in row.get("replies", []):
            quoted = created[reply["quotes"] - 1] if "quotes" in reply else None
            thread = Thread.objects.get(pk=post.thread_id)
            new = posts.reply(thread, _text(reply), by=self.people[reply["by"]], key=uuid4(), quoted=quoted)
            created.append(self._finish(new, reply, started + reply["hours"] * HOUR))

    def _finish(self, post: Post, row: Row, sent_at: datetime) -> Post:
        """Decide, edit, delete and react as the row says."""
        waited = min(timedelta(minutes=self.random.randint(8, 55)), (self.now - sent_at) / 2)
        self._decide(post, row, sent_at, waited)
        if new := row.get("edit") or row.get("edit_waits"):
            posts.edit_post(post, PostText(new), by=post.author)
            published, outcome = "edit" in row, {} if "edit" in row else {"outcome": "waiting"}
            self._decide(post, outcome, sent_at + HOUR if published else self.now - HOUR, waited)
        if row.get("deleted"):
            posts.delete_post(post, by=post.author)
        if reason := row.get("removed"):
            post_removal.remove(post, by=self._moderator(post), reason=reason)
        for kind in Reaction.Kind.values:
            reactions = [Reaction(post=post, by=self.people[name], kind=kind) for name in row.get(kind, [])]
            Reaction.objects.bulk_create(reactions)
        post.refresh_from_db()
        return post

    def _decide(self, post: Post, row: Row, sent_at: datetime, waited: timedelta) -> None:
        revision = post.revisions.get(state=PostRevision.State.WAITING)
        by = self._moderator(post)
        outcome, why = row.get("outcome"), {"reason": row.get("reason", ""), "note": row.get("note", "")}
        if outcome == "changes":
            ask_for_changes(revision, by=by, **why)
        elif outcome == "rejected":
            reject(revision, by=by, **why)
        elif outcome is None:
            approve(revision, by=by)
        _date(revision, sent_at, waited)

    def _moderator(self, post: Post) -> User:
        """Pick a moderator other than the author."""
        others = [self.people[name] for name in MODERATORS if self.people[name].pk != post.author_id]
        return self.random.choice(others)


def _text(row: Row) -> PostText:
    names = ("body", "title", "warning", "anonymous", "members_only")
    return PostText(**{name: row[name] for name in names if name in row})


def _date(revision: PostRevision, sent_at: datetime, waited: timedelta) -> None:
    """Backdate a revision and everything that came of it."""
    decided_at = sent_at + waited
    post = Post.objects.filter(pk=revision.post_id)
    thread = Thread.objects.filter(posts=revision.post_id)
    with _history_unlocked():
        PostRevision.objects.filter(pk=revision.pk).update(created_at=sent_at)
        Decision.objects.filter(revision=revision).update(decided_at=decided_at, waited=waited)
    if revision.number == 1:
        post.update(created_at=sent_at)
        post.filter(published_at__isnull=False).update(published_at=decided_at)
        thread.filter(last_post_at__isnull=False).update(last_post_at=decided_at)
    post.filter(edited_at__isnull=False).update(edited_at=decided_at)
    if revision.title:
        thread.update(created_at=sent_at)
        thread.filter(published_at__isnull=False).update(published_at=decided_at)
    notifications = Notification.objects.filter(subject_id=revision.post_id)
    notifications.update(created_at=decided_at)
    notifications.filter(created_at__lt=timezone.now() - 2 * DAY).update(read_at=decided_at)


@contextmanager
def _history_unlocked() -> Iterator[None]:
    with pgtrigger.ignore("forum.PostRevision:text_is_immutable", "forum.Decision:append_only"):
        yield


def _add_reactions_and_follows(people: People) -> None:
    """Add subscriptions, bookmarks and read marks for Maya and Noah, with some posts unread."""
    maya, noah = people["maya"], people["noah"]
    Subscription.objects.create(user=maya, category=Category.objects.get(slug="stories"))
    answers = Post.objects.filter(pk__in=Thread.objects.values("answer")).order_by("-thread__last_post_at")
    for answer in answers.select_related("thread")[:3]:
        Subscription.objects.create(user=maya, thread=answer.thread)
        Bookmark.objects.create(user=maya, post=answer)
    Bookmark.objects.create(user=noah, post=answers[0])
    for number, thread in enumerate(Thread.objects.filter(state=Thread.State.OPEN).order_by("pk")):
        for user in (maya, noah)[: number % 3]:
            ReadMark.objects.create(user=user, thread=thread, position=max(thread.last_position - number % 2, 1))


def _add_duties(people: People, now: datetime) -> None:
    """Schedule duties for the next month, 8:00 to 20:00 UTC in two halves, and one right now."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    duties = [Duty(moderator=people["lind"], starts_at=hour - HOUR, ends_at=hour + 4 * HOUR)]
    for day in range(1, 31):
        for name, first in zip(MODERATORS, (8, 14), strict=True):
            starts_at = hour.replace(hour=first) + day * DAY
            duties.append(Duty(moderator=people[name], starts_at=starts_at, ends_at=starts_at + 6 * HOUR))
    Duty.objects.bulk_create(duties)


def _add_schedules(people: People) -> None:
    """Add the schedules of standing threads; the worker opens the first thread of each at its time."""
    for row in read_demo_schedules():
        category = Category.objects.get(slug=row["category"])
        ThreadSchedule.objects.create(**row | {"category": category, "host": people[row["host"]]})


def _add_experiences(people: People) -> None:
    """Add one experience that readers see and one that waits for a clinician."""
    for row in read_demo_experiences():
        by, approved_by = people[row.pop("by")], row.pop("approved_by", "")
        experience = offer_experience(Story(**row), by=by)
        if approved_by:
            approve_experience(experience, by=people[approved_by])
