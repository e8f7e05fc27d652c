"""Experiences: what members tell of their treatment with naltrexone, and moderators' decisions on it."""

import pgtrigger
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from accounts.models import Block, Credential, Sanction, User
from core.triggers import append_only
from forum.models.enforced_transitions import enforce_transitions
from forum.models.posts import Post
from forum.models.threads import Thread

FORBID_OWN_EXPERIENCE = """
    IF EXISTS (SELECT 1 FROM forum_experience e WHERE e.id = NEW.experience_id AND e.author_id = NEW.by_id) THEN
        RAISE EXCEPTION 'a moderator may not decide on their own experience';
    END IF;
    RETURN NEW;
"""


class ExperienceQuerySet(models.QuerySet["Experience"]):
    def waiting(self) -> "ExperienceQuerySet":
        return self.filter(state=Experience.State.WAITING)

    def of(self, user: User) -> "ExperienceQuerySet":
        """Return the member's versions that are not withdrawn, the newest first."""
        return self.filter(author=user).exclude(state=Experience.State.WITHDRAWN).order_by("-pk")

    def public(self) -> "ExperienceQuerySet":
        """Return what readers see: not while the author is suspended or leaving, or the post that it comes from isn't public."""
        posts = Post.objects.filter(state=Post.State.PUBLISHED, thread__state__in=Thread.READABLE)
        shown = self.filter(state=Experience.State.SHOWN, author__state=User.State.ACTIVE, author__is_active=True)
        shown = shown.filter(Q(post=None) | Q(post__in=posts.values("pk")))
        return shown.exclude(author__in=Sanction.objects.suspending().values("user"))

    def for_reader(self, reader: User | AnonymousUser) -> "ExperienceQuerySet":
        """Leave out stories under the name of someone the reader muted or blocked.

        Stories by "a member" stay: if one were missing, the reader would know who wrote it.
        """
        if not reader.is_authenticated:
            return self
        avoided = Block.objects.filter(owner=reader.pk).values("other")
        return self.exclude(shown_as=Experience.ShownAs.NAME, author__in=avoided)


@enforce_transitions
class Experience(models.Model):
    """One version of what a member tells, with the consent they gave to it. A change is a new row.

    Once it is withdrawn, its answers and its text are emptied.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "waiting for a clinician"
        SHOWN = "shown", "shown in the guide"
        CHANGES = "changes", "changes requested"
        REJECTED = "rejected", "not published"
        REPLACED = "replaced", "replaced by a newer version"
        REMOVED = "removed", "removed by a moderator"
        WITHDRAWN = "withdrawn", "withdrawn by its author"

    TRANSITIONS = {
        State.WAITING: {State.SHOWN, State.CHANGES, State.REJECTED, State.WITHDRAWN},
        State.SHOWN: {State.REPLACED, State.REMOVED, State.WITHDRAWN},
        State.CHANGES: {State.REPLACED, State.WITHDRAWN},
        State.REJECTED: {State.REPLACED, State.WITHDRAWN},
        State.REPLACED: {State.WITHDRAWN},
        State.REMOVED: {State.WITHDRAWN},
        State.WITHDRAWN: set(),
    }

    class ShownAs(models.TextChoices):
        MEMBER = "member", "A member"
        NAME = "name", "My name on this site"

    class Goal(models.TextChoices):
        DRINK_LESS = "drink-less", "to drink less"
        STOP_DRINKING = "stop-drinking", "to stop drinking"
        OPIOIDS = "opioids", "to stay off opioids"
        OTHER = "other", "for something else"

    class Medicine(models.TextChoices):
        DAILY = "daily", "tablets every day"
        TARGETED = "targeted", "tablets only before drinking"
        INJECTION = "injection", "a monthly injection"
        LOW_DOSE = "low-dose", "low-dose naltrexone"
        OTHER = "other", "another form"

    class Duration(models.TextChoices):
        WEEKS = "weeks", "less than a month"
        MONTHS = "months", "one to three months"
        YEAR = "year", "three months to a year"
        YEARS = "years", "more than a year"

    class Helped(models.TextChoices):
        A_LOT = "a-lot", "a lot"
        SOMEWHAT = "somewhat", "somewhat"
        NOT = "not", "no"
        UNSURE = "unsure", "not sure"

    class SideEffects(models.TextChoices):
        NONE = "none", "none"
        PASSED = "passed", "some, and they passed"
        LASTED = "lasted", "some that lasted"
        STOPPED = "stopped", "so bad that I stopped"

    class Outcome(models.TextChoices):
        STILL = "still", "still taking it"
        PLANNED = "planned", "stopped as planned"
        NO_HELP = "no-help", "stopped because it didn’t help"
        SIDE_EFFECTS = "side-effects", "stopped because of side effects"
        CHANGED = "changed", "changed to another treatment"
        OTHER = "other", "stopped for another reason"

    CODED = {
        "goal": Goal,
        "medicine": Medicine,
        "duration": Duration,
        "helped": Helped,
        "side_effects": SideEffects,
        "outcome": Outcome,
    }

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="experiences")
    post = models.ForeignKey(
        Post,
        models.PROTECT,
        null=True,
        related_name="experiences",
        help_text="The author’s post that it was made from.",
    )
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    shown_as = models.CharField(max_length=6, choices=ShownAs, default=ShownAs.MEMBER)
    goal = models.CharField("why", max_length=13, choices=Goal, blank=True)
    medicine = models.CharField("form of the medicine", max_length=9, choices=Medicine, blank=True)
    duration = models.CharField("how long", max_length=6, choices=Duration, blank=True)
    helped = models.CharField("did it help?", max_length=8, choices=Helped, blank=True)
    side_effects = models.CharField(max_length=7, choices=SideEffects, blank=True)
    outcome = models.CharField("now", max_length=12, choices=Outcome, blank=True)
    text = models.TextField(blank=True)
    consent_version = models.PositiveSmallIntegerField()
    consent_text = models.TextField(help_text="What the author agreed to, word for word.")
    made_at = models.DateTimeField(auto_now_add=True, help_text="When it was sent, with the consent.")
    published_at = models.DateTimeField(
        null=True, help_text="When the author’s first version that is still shown appeared."
    )

    objects = ExperienceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "shown", "changes", "rejected", "replaced", "removed", "withdrawn"]),
                name="experience_state_is_known",
            ),
            models.CheckConstraint(condition=Q(shown_as__in=["member", "name"]), name="experience_name_is_known"),
            models.CheckConstraint(
                condition=~Q(state="shown") | Q(published_at__isnull=False), name="shown_experience_has_a_time"
            ),
            models.UniqueConstraint(
                fields=["author"], condition=Q(state="waiting"), name="one_waiting_experience_of_an_author"
            ),
            models.UniqueConstraint(
                fields=["author"], condition=Q(state="shown"), name="one_shown_experience_of_an_author"
            ),
        ]
        indexes = [
            models.Index(fields=["-published_at", "-id"], condition=Q(state="shown"), name="shown_experiences_by_time")
        ]
        triggers = [
            pgtrigger.ReadOnly(name="experience_is_immutable", exclude=["state", "published_at"]),
            pgtrigger.Protect(name="no_experience_is_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"experience {self.pk}, {self.get_state_display()}"

    @property
    def byline(self) -> str:
        """Who tells it, as readers see it."""
        return str(self.author) if self.shown_as == self.ShownAs.NAME else self.ShownAs.MEMBER.label

    @property
    def is_anonymous(self) -> bool:
        """Whether it comes from an anonymous post, so that it may not be shown under the author's name."""
        return self.post is not None and self.post.alias is not None

    @property
    def answers(self) -> list[tuple[str, str]]:
        """The coded answers as readers see them, each with what was asked."""
        names = ((name, self._meta.get_field(name)) for name in self.CODED)
        return [(str(field.verbose_name), getattr(self, f"get_{name}_display")()) for name, field in names]  # type: ignore[union-attr]


class ExperienceDecision(models.Model):
    """A moderator's decision on an experience, with the credential in force. Never changed."""

    class Action(models.TextChoices):
        APPROVED = "approved", "approved"
        CHANGES = "changes", "asked for changes"
        REJECTED = "rejected", "not published"
        REMOVED = "removed", "removed"

    experience = models.ForeignKey(Experience, models.PROTECT, related_name="decisions")
    action = models.CharField(max_length=8, choices=Action)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    credential = models.ForeignKey(Credential, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=24, blank=True)
    note = models.TextField(blank=True, help_text="Message to the author.")
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["decided_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(action__in=["approved", "changes", "rejected", "removed"]),
                name="experience_decision_action_is_known",
            ),
            models.CheckConstraint(
                condition=Q(action="approved") | ~Q(reason=""), name="refused_experience_has_a_reason"
            ),
        ]
        triggers = [
            append_only("experience_decisions_are_append_only"),
            pgtrigger.Trigger(
                name="no_decision_on_own_experience",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=FORBID_OWN_EXPERIENCE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}: {self.experience}"
