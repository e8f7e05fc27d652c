"""Posts and their revisions. A post is an identity; what readers see is an approved revision."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import MD5
from django.urls import reverse

from accounts.models import User
from core.requests import AnyUser
from forum.models.enforced_transitions import enforce_transitions
from forum.models.threads import Thread


class PostQuerySet(models.QuerySet["Post"]):
    def in_thread(self, thread: Thread) -> "PostQuerySet":
        """Return every post with a position, unpublished ones included."""
        return self.filter(thread=thread, position__isnull=False).order_by("position")

    def between(self, first: int, last: int) -> "PostQuerySet":
        """Filter positions `first` to `last`. The limit keeps the planner on the index (stack.md §13)."""
        return self.filter(position__gte=first, position__lte=last)[: last - first + 1]

    def readable_by(self, user: AnyUser) -> "PostQuerySet":
        """Return published posts in threads that this user may read."""
        return self.filter(state=Post.State.PUBLISHED, thread__in=Thread.objects.visible_to(user))

    def by_name_in(self, thread: Thread) -> "PostQuerySet":
        """Return readable posts of a thread under their author's own name, never anonymous ones."""
        return self.filter(thread=thread, state=Post.State.PUBLISHED, alias__isnull=True)

    def with_unread_text(self) -> "PostQuerySet":
        """Return posts published before review, whose text no moderator has read; hidden ones too, as they may return."""
        shown = [Post.State.PUBLISHED, Post.State.HIDDEN]
        return self.filter(state__in=shown, live_revision__state=PostRevision.State.SHOWN)

    def visible_to_moderator(self, moderator: User) -> "PostQuerySet":
        """Return all posts that were ever public, except the moderator's own."""
        found = self.filter(position__isnull=False).exclude(author=moderator)
        return found.select_related("thread__category", "author", "live_revision")

    def of(self, user: AnyUser) -> "PostQuerySet":
        return self.filter(author=user).order_by("-pk")

    def with_last_revision(self) -> "PostQuerySet":
        """Annotate posts with the state and title of their newest revision."""
        newest = PostRevision.objects.filter(post=models.OuterRef("pk")).order_by("-number")
        return self.annotate(
            last_state=models.Subquery(newest.values("state")[:1]),
            last_title=models.Subquery(newest.values("title")[:1]),
        )


@enforce_transitions
class Post(models.Model):
    """A member's post in a thread. Its position is given at first publication and never changes."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting for a clinician"
        PUBLISHED = "published", "published"
        REJECTED = "rejected", "not published"
        WITHDRAWN = "withdrawn", "withdrawn by its author"
        DELETED = "deleted", "deleted by its author"
        REMOVED = "removed", "removed by a moderator"
        HIDDEN = "hidden", "hidden while a moderator reviews it"
        AWAY = "away", "hidden while its author is leaving"

    TRANSITIONS = {
        State.WAITING: {State.PUBLISHED, State.REJECTED, State.WITHDRAWN},
        State.PUBLISHED: {State.DELETED, State.REMOVED, State.HIDDEN, State.AWAY},
        State.AWAY: {State.PUBLISHED, State.DELETED},
        State.HIDDEN: {State.PUBLISHED, State.REMOVED, State.DELETED},
        State.REJECTED: {State.PUBLISHED, State.WAITING},
        State.WITHDRAWN: set(),
        State.DELETED: set(),
        State.REMOVED: {State.PUBLISHED},
    }

    # Without indexes of their own, since longer ones begin with these columns; so below, and for read marks.
    thread = models.ForeignKey(Thread, models.PROTECT, related_name="posts", db_index=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="posts", db_index=False)
    alias = models.PositiveSmallIntegerField(
        null=True, help_text="The number in “Anonymous member 2”; empty if posted by name."
    )
    position = models.PositiveIntegerField(null=True)
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    live_revision = models.OneToOneField("PostRevision", models.PROTECT, null=True, related_name="+")
    quoted = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    written_as_clinician = models.CharField(
        max_length=24, blank=True, help_text="The profession verified when it was written."
    )
    key = models.UUIDField(default=uuid.uuid4, help_text="The form’s key: a resend makes no second post.")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)
    edited_at = models.DateTimeField(null=True)

    objects = PostQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["author", "-id"], name="posts_of_an_author"),
            models.Index(fields=["thread", "alias"], condition=Q(alias__isnull=False), name="aliases_of_a_thread"),
            models.Index(fields=["id"], condition=Q(state="removed"), name="removed_posts"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["thread", "position"], name="one_post_at_a_position"),
            models.UniqueConstraint(fields=["author", "key"], name="one_post_for_a_form"),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        "waiting",
                        "published",
                        "rejected",
                        "withdrawn",
                        "deleted",
                        "removed",
                        "hidden",
                        "away",
                    ]
                ),
                name="post_state_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["published", "deleted", "removed", "hidden", "away"])
                | Q(position__isnull=False, published_at__isnull=False, live_revision__isnull=False),
                name="a_published_post_has_its_place_and_its_revision",
            ),
        ]

    def __str__(self) -> str:
        return f"post {self.pk}, {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        """Return the permalink, which survives moves between threads."""
        return reverse("forum:post", args=[self.pk])

    @property
    def live(self) -> "PostRevision":
        """The revision that readers see. Raises PostRevision.DoesNotExist for a post that was never published."""
        if self.live_revision is None:
            raise PostRevision.DoesNotExist(f"{self} has no live revision.")
        return self.live_revision

    @property
    def byline(self) -> str:
        """The author's name as readers see it."""
        return f"Anonymous member {self.alias}" if self.alias else str(self.author)

    @property
    def is_unpublished(self) -> bool:
        return self.state in (self.State.DELETED, self.State.REMOVED, self.State.HIDDEN, self.State.AWAY)


@enforce_transitions
class PostRevision(models.Model):
    """A text as its author sent it. Only its HTML and its review state may change."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting for a clinician"
        SHOWN = "shown", "published, not yet read by a moderator"
        APPROVED = "approved", "approved"
        CHANGES = "changes", "changes requested"
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
        State.CHANGES: {State.APPROVED, State.SUPERSEDED, State.WITHDRAWN},
        State.REJECTED: {State.APPROVED, State.SUPERSEDED},
        State.APPROVED: set(),
        State.SUPERSEDED: set(),
        State.WITHDRAWN: set(),
    }

    post = models.ForeignKey(Post, models.PROTECT, related_name="revisions", db_index=False)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=140, blank=True, help_text="The thread’s title; on its opening post only.")
    body = models.TextField()
    warning = models.CharField("content warning", max_length=80, blank=True)
    html = models.TextField(editable=False)
    render_version = models.PositiveSmallIntegerField(editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)

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
            models.Index(MD5("body"), condition=Q(state="waiting"), name="waiting_revisions_by_text"),
            models.Index(fields=["created_at"], name="revisions_by_time"),  # hourly limits
            models.Index(fields=["id"], condition=Q(state="shown"), name="revisions_to_read_after"),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="text_is_immutable", exclude=["html", "render_version", "state"]),
            pgtrigger.Protect(name="no_text_is_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of post {self.post_id}"
