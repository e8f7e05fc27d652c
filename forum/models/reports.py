"""Members' reports about posts and members."""

from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User
from forum.models.enforced_transitions import enforce_transitions
from forum.models.posts import Post
from forum.models.triage import Acuteness


class Worry(NamedTuple):
    """Why a reporter is worried about a person; `needs` are the kinds of help lines that the reporter sees."""

    title: str
    acuteness: int
    needs: str


# Not reason templates: these are no reasons to refuse a post, and no one can take them off the list by mistake. All are RED.
WORRIES = {
    "worried-self-harm": Worry("They may harm or kill themselves", Acuteness.OTHER, "emergency crisis text"),
    "worried-overdose": Worry("They may overdose, or already have", Acuteness.OVERDOSE, "emergency overdose poison"),
    "worried-under-18": Worry("They may be under 18", Acuteness.OTHER, "emergency crisis text"),
    "worried-at-home": Worry("They may be in danger at home", Acuteness.VIOLENCE, "emergency violence crisis"),
    "worried-other": Worry("They may be in danger in another way", Acuteness.OTHER, "emergency crisis text"),
}


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> "ReportQuerySet":
        return self.filter(state=Report.State.OPEN)

    def on_same_subject(self, report: "Report") -> "ReportQuerySet":
        """All reports on the post or member that `report` is about, `report` included."""
        return self.filter(post=report.post_id, member=report.member_id)

    def referred_to_staff(self, member: User) -> "ReportQuerySet":
        """Return the reports on a member, or on them as the author of a post, that a moderator passed on, the newest first."""
        about = Q(member=member) | Q(post__author=member, about_author=True)
        return self.filter(about, state=Report.State.ACTED).order_by("-closed_at", "-pk")


@enforce_transitions
class Report(models.Model):
    """A member's request that moderators check a post or a member."""

    class State(models.TextChoices):
        OPEN = "open", "open"
        ACTED = "acted", "a moderator acted on it"
        KEPT = "kept", "nothing was changed"

    TRANSITIONS = {State.OPEN: {State.ACTED, State.KEPT}, State.ACTED: set(), State.KEPT: set()}

    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="reports")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    about_author = models.BooleanField(
        default=False,
        help_text="About the post’s author. The row names the post, as the reporter may not know its author.",
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=24, help_text="The code of a reason template, or of a worry.")
    note = models.TextField(blank=True, max_length=1000)
    state = models.CharField(max_length=5, choices=State, default=State.OPEN)
    made_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post", "about_author", "by"],
                condition=Q(state="open"),
                name="one_open_report_per_post_and_reporter",
            ),
            models.UniqueConstraint(
                fields=["member", "by"], condition=Q(state="open"), name="one_open_report_per_member_and_reporter"
            ),
            models.CheckConstraint(
                condition=Q(post__isnull=False, member__isnull=True) | Q(post__isnull=True, member__isnull=False),
                name="report_is_about_a_post_or_a_member",
            ),
            models.CheckConstraint(
                condition=Q(about_author=False) | Q(post__isnull=False), name="report_about_an_author_names_the_post"
            ),
            models.CheckConstraint(condition=Q(state__in=["open", "acted", "kept"]), name="report_state_is_known"),
        ]

    def __str__(self) -> str:
        about = f"post {self.post_id}" if self.post_id else f"member {self.member_id}"
        about = f"the author of {about}" if self.about_author else about
        return f"report on {about}, {self.get_state_display()}"
