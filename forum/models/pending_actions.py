"""Pending actions: what a moderator did, until it can't be undone anymore and takes effect."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Credential
from forum.models.enforced_transitions import enforce_transitions
from forum.models.posts import Post
from forum.models.queue import UNDO_PERIOD, ReviewItem
from forum.models.threads import Thread


def end_of_undo_period() -> datetime:
    return timezone.now() + UNDO_PERIOD


class PendingActionQuerySet(models.QuerySet["PendingAction"]):
    def pending(self) -> "PendingActionQuerySet":
        return self.filter(state=PendingAction.State.PENDING)

    def due(self) -> "PendingActionQuerySet":
        return self.pending().filter(due_at__lte=timezone.now())

    def on(self, subject: ReviewItem | Post | Thread) -> "PendingActionQuerySet":
        return self.filter(**PendingAction.subject_field(subject))


@enforce_transitions
class PendingAction(models.Model):
    """A moderator's action on a review item, a post or a thread, with the form as it was sent.

    It takes effect when its undo period is over. If it is undone, nothing but this row remains of it.
    """

    class State(models.TextChoices):
        PENDING = "pending", "takes effect when it can’t be undone anymore"
        DONE = "done", "took effect"
        UNDONE = "undone", "undone"
        FAILED = "failed", "could not take effect"

    TRANSITIONS = {
        State.PENDING: {State.DONE, State.UNDONE, State.FAILED},
        State.DONE: set(),
        State.UNDONE: set(),
        State.FAILED: set(),
    }

    item = models.ForeignKey(ReviewItem, models.PROTECT, null=True, related_name="pending_actions")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="pending_actions")
    thread = models.ForeignKey(Thread, models.PROTECT, null=True, related_name="pending_actions")
    action = models.SlugField(max_length=24, help_text="The name of the moderation action.")
    title = models.CharField(max_length=80, help_text="Its title when it was chosen.")
    data = models.JSONField(
        default=dict, help_text="The form as sent: a list of values for each field. Emptied when done."
    )
    lane = models.PositiveSmallIntegerField(null=True, help_text="The item's lane when the action was taken.")
    state = models.CharField(max_length=7, choices=State, default=State.PENDING)
    failure = models.CharField(max_length=500, blank=True, help_text="Why it could not take effect.")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(default=end_of_undo_period)
    settled_at = models.DateTimeField(null=True)

    objects = PendingActionQuerySet.as_manager()

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "done", "undone", "failed"]), name="pending_action_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(item__isnull=False, post__isnull=True, thread__isnull=True)
                | Q(item__isnull=True, post__isnull=False, thread__isnull=True)
                | Q(item__isnull=True, post__isnull=True, thread__isnull=False),
                name="pending_action_has_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(state="pending", settled_at__isnull=True)
                | (~Q(state="pending") & Q(settled_at__isnull=False)),
                name="settled_action_has_a_time",
            ),
            *(
                models.UniqueConstraint(
                    fields=[name], condition=Q(state="pending"), name=f"one_pending_action_per_{name}"
                )
                for name in ("item", "post", "thread")
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="pending"), name="pending_actions_by_time"),
            models.Index(fields=["settled_at"], condition=Q(state="undone"), name="undone_actions_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.get_state_display()}"

    @staticmethod
    def subject_field(subject: ReviewItem | Post | Thread) -> dict[str, Any]:
        """The field that names the subject, with its value."""
        names = {ReviewItem: "item", Post: "post", Thread: "thread"}
        return {names[type(subject)]: subject}

    @property
    def subject(self) -> ReviewItem | Post | Thread:
        found = self.item or self.post or self.thread
        if found is None:
            raise ValueError(f"{self} has no subject.")
        return found

    @property
    def typed(self) -> list[str]:
        """What the moderator chose and wrote, without hidden fields."""
        hidden = (f"{self.action}-key", f"{self.action}-seen")
        return [value for name, values in self.data.items() if name not in hidden for value in values if value]

    @property
    def about(self) -> str:
        """What moderators know the subject by: the title of the thread, or a member's name."""
        if self.item and self.item.post is None:
            return str(self.item.member or self.item)
        if self.item and self.item.revision and self.item.revision.title:
            return self.item.revision.title
        post = self.post or (self.item.post if self.item else None)
        thread = post.thread if post else self.thread
        return str(thread.title if thread else "") or "A post"
