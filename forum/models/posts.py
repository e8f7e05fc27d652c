"""A post is an identity; what others read is a revision that a clinician let through."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from core.requests import AnyUser
from forum.models.threads import Thread
from forum.models.transitions import enforce_transitions


class PostQuerySet(models.QuerySet["Post"]):
    def in_thread(self, thread: Thread) -> "PostQuerySet":
        """Everything that has a position: what can be read, and the tombstones that keep its place."""
        return self.filter(thread=thread, position__isnull=False).order_by("position")

    def between(self, first: int, last: int) -> "PostQuerySet":
        """Positions `first` to `last`. The limit keeps the planner on the index (stack.md §13)."""
        return self.filter(position__gte=first, position__lte=last)[: last - first + 1]

    def readable_by(self, user: AnyUser) -> "PostQuerySet":
        """Published posts of threads that this person may read; no tombstones."""
        return self.filter(state=Post.State.PUBLISHED, thread__in=Thread.objects.visible_to(user))

    def by_name_in(self, thread: Thread) -> "PostQuerySet":
        """What can be read there under its author's own name: never what the anonymous wrote."""
        return self.filter(thread=thread, state=Post.State.PUBLISHED, alias__isnull=True)

    def visible_to_moderator(self, moderator: User) -> "PostQuerySet":
        """Everything that was ever public, tombstones too, but their own."""
        found = self.filter(position__isnull=False).exclude(author=moderator)
        return found.select_related("thread__category", "author", "live_revision")

    def of(self, user: AnyUser) -> "PostQuerySet":
        return self.filter(author=user).order_by("-pk")

    def with_last_revision(self) -> "PostQuerySet":
        """Each post with the state and title of the newest text that its author sent."""
        newest = PostRevision.objects.filter(post=models.OuterRef("pk")).order_by("-number")
        return self.annotate(
            last_state=models.Subquery(newest.values("state")[:1]),
            last_title=models.Subquery(newest.values("title")[:1]),
        )


@enforce_transitions
class Post(models.Model):
    """One member's words in a thread. Its position is given when it is first published and never changes."""

    class State(models.TextChoices):
        WAITING = "waiting", "waits for a clinician"
        PUBLISHED = "published", "published"
        REJECTED = "rejected", "not published"
        WITHDRAWN = "withdrawn", "withdrawn by its author"
        DELETED = "deleted", "deleted by its author"
        REMOVED = "removed", "removed by a moderator"
        HIDDEN = "hidden", "hidden while a moderator looks into it"

    TRANSITIONS = {
        State.WAITING: {State.PUBLISHED, State.REJECTED, State.WITHDRAWN},
        State.PUBLISHED: {State.DELETED, State.REMOVED, State.HIDDEN},
        State.HIDDEN: {State.PUBLISHED, State.REMOVED, State.DELETED},
        State.REJECTED: {State.PUBLISHED, State.WAITING},
        State.WITHDRAWN: set(),
        State.DELETED: set(),
        State.REMOVED: {State.PUBLISHED},
    }

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="posts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="posts")
    alias = models.PositiveSmallIntegerField(
        null=True, help_text="“Anonymous member 2” of this thread; empty: by name."
    )
    position = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    live_revision = models.OneToOneField("PostRevision", models.PROTECT, null=True, related_name="+")
    quoted = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    written_as_clinician = models.CharField(
        max_length=24, blank=True, help_text="The profession verified at that time."
    )
    key = models.UUIDField(default=uuid.uuid4, help_text="Of the form that sent it: a resend makes no second post.")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)
    edited_at = models.DateTimeField(null=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["author", "-id"], name="posts_of_an_author"),
            models.Index(fields=["thread", "alias"], condition=Q(alias__isnull=False), name="aliases_of_a_thread"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["thread", "position"], name="one_post_at_a_position"),
            models.UniqueConstraint(fields=["author", "key"], name="one_post_for_a_form"),
            models.CheckConstraint(
                condition=Q(
                    state__in=["waiting", "published", "rejected", "withdrawn", "deleted", "removed", "hidden"]
                ),
                name="post_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "deleted", "removed", "hidden"])
                | Q(position__isnull=False, published_at__isnull=False, live_revision__isnull=False),
                name="a_published_post_has_its_place_and_its_revision",
            ),
        ]

    def __str__(self) -> str:
        return f"post {self.pk}, {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        """For ever, wherever in the thread it stands."""
        return reverse("forum:post", args=[self.pk])

    @property
    def live(self) -> "PostRevision":
        """The revision that readers see. Raises PostRevision.DoesNotExist for a post that was never published."""
        if self.live_revision is None:
            raise PostRevision.DoesNotExist(f"{self} has no live revision.")
        return self.live_revision

    @property
    def is_tombstone(self) -> bool:
        return self.state in (self.State.DELETED, self.State.REMOVED, self.State.HIDDEN)


class PostRevisionQuerySet(models.QuerySet["PostRevision"]):
    def to_read_after(self, moderator: User) -> "PostRevisionQuerySet":
        """What trusted members sent that is public and was read by no moderator yet; not this moderator's own."""
        shown = self.filter(state=PostRevision.State.SHOWN, post__state=Post.State.PUBLISHED)
        shown = shown.exclude(post__author=moderator)
        return shown.select_related("post__thread__category", "post__author").order_by("pk")


@enforce_transitions
class PostRevision(models.Model):
    """The words as their author sent them once. Only the HTML made from them, and where the review stands, may change."""

    class State(models.TextChoices):
        WAITING = "waiting", "waits for a clinician"
        SHOWN = "shown", "published, to be read afterwards"
        APPROVED = "approved", "approved"
        CHANGES = "changes", "changes were asked for"
        REJECTED = "rejected", "not published"
        SUPERSEDED = "superseded", "replaced by a newer text"
        WITHDRAWN = "withdrawn", "withdrawn by its author"

    TRANSITIONS = {
        State.WAITING: {
            State.SHOWN,
            State.APPROVED,
            State.CHANGES,
            State.REJECTED,
            State.SUPERSEDED,
            State.WITHDRAWN,
        },
        State.SHOWN: {State.APPROVED, State.REJECTED, State.SUPERSEDED, State.WITHDRAWN},
        State.CHANGES: {State.WAITING, State.APPROVED, State.SUPERSEDED, State.WITHDRAWN},
        State.REJECTED: {State.WAITING, State.APPROVED, State.SUPERSEDED},
        State.APPROVED: {State.WAITING, State.SHOWN},  # within half a minute: an undo
        State.SUPERSEDED: set(),
        State.WITHDRAWN: set(),
    }

    post = models.ForeignKey(Post, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=140, blank=True, help_text="Of the thread; on its opening post only.")
    body = models.TextField()
    warning = models.CharField("content warning", max_length=80, blank=True)
    html = models.TextField(editable=False)
    render_version = models.PositiveSmallIntegerField(editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PostRevisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["post", "number"], name="post_revision_number_unique"),
            models.UniqueConstraint(
                fields=["post"], condition=Q(state="waiting"), name="one_waiting_revision_for_a_post"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["waiting", "shown", "approved", "changes", "rejected", "superseded", "withdrawn"]
                ),
                name="post_revision_state_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="waiting"), name="revisions_waiting"),
            models.Index(fields=["created_at"], name="revisions_by_time"),  # how much somebody sent within an hour
            models.Index(fields=["id"], condition=Q(state="shown"), name="revisions_to_read_after"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="words_are_final", exclude=["html", "render_version", "state"]),
            pgtrigger.Protect(name="words_stay", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of post {self.post_id}"
