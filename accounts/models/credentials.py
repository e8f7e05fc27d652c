"""Credentials of verified clinicians, their history and their evidence."""

import secrets
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone

from accounts.models.sanctions import Sanction
from accounts.roles import MODERATORS
from core.triggers import append_only

EVIDENCE_RETENTION = timedelta(days=30)  # after the decision


class Profession(models.TextChoices):
    PHYSICIAN = "physician", "physician"
    NURSE_PRACTITIONER = "nurse-practitioner", "nurse practitioner"
    PHYSICIAN_ASSISTANT = "physician-assistant", "physician assistant"
    NURSE = "nurse", "nurse"
    PHARMACIST = "pharmacist", "pharmacist"
    PSYCHOLOGIST = "psychologist", "psychologist"
    COUNSELOR = "counselor", "counselor"
    SOCIAL_WORKER = "social-worker", "social worker"
    OTHER = "other", "other health profession"

    @property
    def anyone(self) -> str:
        """Return words for anyone with this profession, such as “any pharmacist”."""
        return "any other health professional" if self == Profession.OTHER else f"any {self.label}"


class CredentialQuerySet(models.QuerySet["Credential"]):
    def in_force(self, at: datetime | None = None) -> "CredentialQuerySet":
        """Approved and not expired at a time, or now. Checked at each use, so that expiry needs no job."""
        return self.filter(state=Credential.State.APPROVED, expires_at__gt=at or timezone.now())

    def open(self) -> "CredentialQuerySet":
        return self.filter(state__in=[Credential.State.SUBMITTED, Credential.State.MORE_ASKED])

    def of(self, user: object) -> "CredentialQuerySet":
        return self.filter(user=user)

    def to_remind(self, days: int) -> "CredentialQuerySet":
        """In force, expiring within `days`, not yet reminded, and without a new application."""
        soon = self.in_force().filter(expires_at__lte=timezone.now() + timedelta(days=days))
        not_reminded = soon.filter(models.Q(reminded_days__isnull=True) | models.Q(reminded_days__gt=days))
        return not_reminded.exclude(user__in=Credential.objects.open().values("user"))

    def of_moderators(self, at: datetime | None = None) -> "CredentialQuerySet":
        """Select a credential of each moderator at a time, or now. For lists: the rule of permissions.is_moderator."""
        suspended = Sanction.objects.suspending(at)
        appointed = self.in_force(at).filter(user__groups__name=MODERATORS, user__is_active=True, user__state="active")
        latest = appointed.exclude(user__in=suspended.values("user")).order_by("user_id", "-approved_at")
        one_each = self.filter(pk__in=latest.distinct("user_id").values("pk"))
        return one_each.select_related("user").order_by(Lower("user__display_name"))


def shown_name(user: str) -> Coalesce:
    """Select the name that the user of this column shows now: the professional name if they choose to, or the pseudonym."""
    chosen = models.Case(models.When(models.Q(name_public=True) & ~models.Q(public_name=""), then="public_name"))
    approved = Credential.objects.filter(user=models.OuterRef(user), state=Credential.State.APPROVED)
    latest = approved.order_by("-approved_at").annotate(chosen=chosen).values("chosen")[:1]
    return Coalesce(models.Subquery(latest), models.F(f"{user}__display_name"))


class Credential(models.Model):
    """An application for the clinician's badge and its outcome. All but the profession is private to verifiers."""

    class State(models.TextChoices):
        SUBMITTED = "submitted", "waiting for a verifier"
        MORE_ASKED = "more-asked", "more information needed"
        APPROVED = "approved", "verified"
        REJECTED = "rejected", "not verified"
        REVOKED = "revoked", "revoked"
        WITHDRAWN = "withdrawn", "withdrawn"

    TRANSITIONS = {
        State.SUBMITTED: {State.MORE_ASKED, State.APPROVED, State.REJECTED, State.WITHDRAWN},
        State.MORE_ASKED: {State.SUBMITTED, State.REJECTED, State.WITHDRAWN},
        State.APPROVED: {State.REVOKED, State.WITHDRAWN},
        State.REJECTED: set(),
        State.REVOKED: set(),
        State.WITHDRAWN: set(),
    }

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="credentials")
    state = models.CharField(max_length=12, choices=State, default=State.SUBMITTED, editable=False)
    profession = models.CharField(max_length=24, choices=Profession)
    legal_name = models.CharField(max_length=120, help_text="As on the license. Seen by verifiers only.")
    license_number = models.CharField(max_length=60)
    jurisdiction = models.CharField(max_length=80, help_text="The state or country that issued the license.")
    npi = models.CharField("NPI", max_length=10, blank=True, help_text="For the United States; ten digits.")
    registry_url = models.URLField("link to the public register", max_length=500, blank=True)
    name_public = models.BooleanField(default=False, help_text="Show the professional name next to the badge.")
    public_name = models.CharField("professional name", max_length=80, blank=True)
    submitted_at = models.DateTimeField(default=timezone.now, editable=False)
    approved_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)
    reminded_days = models.PositiveSmallIntegerField(
        null=True, editable=False, help_text="The last reminder sent, in days before expiry."
    )

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["-submitted_at"]
        permissions = [("verify_credential", "May verify clinicians")]
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=models.Q(state__in=["submitted", "more-asked"]),
                name="one_open_application_per_user",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=["submitted", "more-asked", "approved", "rejected", "revoked", "withdrawn"]
                ),
                name="credential_state_is_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved") | models.Q(approved_at__isnull=False, expires_at__isnull=False),
                name="approved_credential_has_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_profession_display()}, {self.get_state_display()}"

    @property
    def is_in_force(self) -> bool:
        return self.state == self.State.APPROVED and self.expires_at is not None and self.expires_at > timezone.now()

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.SUBMITTED, self.State.MORE_ASKED)

    @property
    def status_label(self) -> str:
        """The state for people. An approved credential past its expiry has lapsed, although its state stays."""
        lapsed = self.state == self.State.APPROVED and not self.is_in_force
        return "lapsed" if lapsed else self.get_state_display()


class CredentialEvent(models.Model):
    """An entry in a credential's history: who, what, when, why. Append-only."""

    class Action(models.TextChoices):
        SUBMITTED = "submitted", "applied"
        ANSWERED = "answered", "answered"
        WITHDRAWN = "withdrawn", "withdrew"
        ASKED = "asked", "asked a question"
        APPROVED = "approved", "verified"
        REJECTED = "rejected", "did not verify"
        REVOKED = "revoked", "revoked"
        LOOKED = "looked", "opened the evidence"
        EVIDENCE_DELETED = "evidence-deleted", "deleted the evidence"

    DECISIONS = [Action.APPROVED, Action.REJECTED, Action.REVOKED, Action.WITHDRAWN]

    credential = models.ForeignKey(Credential, models.PROTECT, related_name="events")
    action = models.CharField(max_length=20, choices=Action)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["at", "pk"]
        triggers = [
            append_only(),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}, {self.at:%d %b %Y}"


def evidence_store() -> FileSystemStorage:
    """Storage outside every served folder. Only a view that checks permissions reads it."""
    return FileSystemStorage(
        location=settings.PRIVATE_ROOT / "evidence",
        base_url=None,
        file_permissions_mode=0o600,
        directory_permissions_mode=0o700,
    )


def random_name(evidence: "Evidence", filename: str) -> str:
    """Return a random file name with the suffix of the detected type; the uploaded name is dropped."""
    return secrets.token_urlsafe(24) + Path(filename).suffix


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def outdated(self) -> "EvidenceQuerySet":
        """Evidence whose credential was decided at least EVIDENCE_RETENTION ago."""
        events = CredentialEvent.objects.filter(action__in=CredentialEvent.DECISIONS)
        return self.filter(
            credential__in=events.filter(at__lte=timezone.now() - EVIDENCE_RETENTION).values("credential")
        )


class Evidence(models.Model):
    """A file that supports an application. Deleted 30 days after the decision."""

    credential = models.ForeignKey(Credential, models.CASCADE, related_name="evidence")
    file = models.FileField(storage=evidence_store, upload_to=random_name)
    content_type = models.CharField(max_length=40)
    uploaded_at = models.DateTimeField(auto_now_add=True)

    objects = EvidenceQuerySet.as_manager()

    def __str__(self) -> str:
        return f"evidence {self.pk}"
