"""Verification of clinicians: a credential from application to expiry. Each function is one transaction."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.credentials.evidence import ValidatedFile
from accounts.models import Credential, CredentialEvent, Evidence, User
from accounts.models.credentials import evidence_store
from accounts.notifications.inbox import notify
from accounts.notifications.staff_actions import tell_credential_decided, tell_evidence_opened, tell_verifiers
from accounts.permissions import (
    can_answer_credential,
    can_apply_for_badge,
    can_decide_credential,
    can_see_evidence,
    can_withdraw_credential,
)
from core import page_cache
from core.hooks import call_hooks
from core.transitions import IllegalTransition, transition

Action, State = CredentialEvent.Action, Credential.State

DEFAULT_VALIDITY = timedelta(days=365)
MAX_VALIDITY = timedelta(days=367)  # a year, to the end of its last day in any time zone
REMINDERS = [7, 30]  # days before expiry
ORPHAN_MIN_AGE = timedelta(hours=1)  # the transaction that wrote the file has ended by then


@dataclass(frozen=True)
class Application:
    """The applicant's statement. All is private to verifiers, except the profession and a public professional name."""

    profession: str
    legal_name: str
    license_number: str
    jurisdiction: str
    npi: str
    registry_url: str
    public_name: str
    name_public: bool


@transaction.atomic
def show_professional_name(credential: Credential, *, shown: bool) -> None:
    """Show or hide the professional name, also in signatures on pages that are cached."""
    credential.name_public = shown
    credential.save(update_fields=["name_public"])
    page_cache.clear_on_commit()


@transaction.atomic
def submit_application(application: Application, *, by: User, file: ValidatedFile | None = None) -> Credential:
    """Apply for the badge. Raises PermissionDenied, also for the second of two simultaneous applications."""
    person = User.objects.select_for_update().get(pk=by.pk)
    if not can_apply_for_badge(person):
        raise PermissionDenied("You already have an application or a valid badge, or you can’t apply right now.")
    credential = Credential.objects.create(user=person, **asdict(application))
    _store_evidence(file, credential)
    _record(credential, Action.SUBMITTED, by, "", "We’ve received your application. A verifier will read it.")
    _tell_verifiers(credential, "Someone applied for the badge.")
    return credential


@transaction.atomic
def answer_request(
    credential: Credential, application: Application, *, by: User, message: str, file: ValidatedFile | None = None
) -> Credential:
    """Answer a verifier's question. Record which fields of the application changed, by name only."""
    credential = _locked(credential)
    if not can_answer_credential(by, credential):
        raise PermissionDenied("Only the person who applied can answer.")
    if credential.state != State.MORE_ASKED:  # an approved credential is not reopened
        raise IllegalTransition("There is no open question to answer.")
    reason = "\n\n".join(filter(None, [message, _changes(credential, application)]))
    transition(credential, State.SUBMITTED, **asdict(application))
    _store_evidence(file, credential)
    _record(credential, Action.ANSWERED, by, reason, "We’ve received your answer. A verifier will read it.")
    _tell_verifiers(credential, "Someone who applied for the badge answered a question.")
    return credential


@transaction.atomic
def withdraw_application(credential: Credential, *, by: User) -> Credential:
    """Withdraw an application or give up the badge. Delete its files at once."""
    credential = _locked(credential)
    if not can_withdraw_credential(by, credential):
        raise PermissionDenied("Only the person who applied can withdraw.")
    had_badge = credential.state == State.APPROVED
    transition(credential, State.WITHDRAWN)
    sentence = "You gave up your badge." if had_badge else "You withdrew your application for the badge."
    _record(credential, Action.WITHDRAWN, by, "", sentence)
    for evidence in credential.evidence.all():
        _delete(evidence, "The application was withdrawn.")
    return credential


@transaction.atomic
def approve(
    credential: Credential, *, by: User, expires_at: datetime | None = None, reason: str = "", seen: int | None = None
) -> Credential:
    """Grant the badge until `expires_at`, by default for a year. Earlier credentials of the user end now."""
    credential = _lock_for_decision(credential, by, seen)
    now = timezone.now()
    expires_at = expires_at or now + DEFAULT_VALIDITY
    if not now < expires_at <= now + MAX_VALIDITY:
        raise ValidationError("Choose a date after today, no more than a year away.")
    transition(credential, State.APPROVED, approved_at=now, expires_at=expires_at)
    Credential.objects.in_force().of(credential.user_id).exclude(pk=credential.pk).update(expires_at=now)
    sentence = f"Your application was approved. You’re shown as a verified clinician until {_day(expires_at)}."
    _record(credential, Action.APPROVED, by, reason, sentence)
    tell_credential_decided(credential.user)
    return credential


@transaction.atomic
def ask_for_more(credential: Credential, *, by: User, reason: str, seen: int | None = None) -> Credential:
    credential = _lock_for_decision(credential, by, seen)
    transition(credential, State.MORE_ASKED)
    _record(credential, Action.ASKED, by, reason, "A verifier has a question about your application.")
    return credential


@transaction.atomic
def reject(credential: Credential, *, by: User, reason: str, seen: int | None = None) -> Credential:
    credential = _lock_for_decision(credential, by, seen)
    transition(credential, State.REJECTED)
    _record(credential, Action.REJECTED, by, reason, "Your application was not approved. Open it to read why.")
    tell_credential_decided(credential.user)
    return credential


@transaction.atomic
def revoke(credential: Credential, *, by: User, reason: str, seen: int | None = None) -> Credential:
    """Revoke the badge. Its rights end with the next request."""
    credential = _lock_for_decision(credential, by, seen)
    transition(credential, State.REVOKED)
    _record(credential, Action.REVOKED, by, reason, "Your badge was revoked. Open your application to read why.")
    call_hooks(settings.CREDENTIAL_REVOKED_HOOKS, credential.user)
    tell_credential_decided(credential.user)
    return credential


@transaction.atomic
def record_evidence_view(evidence: Evidence, *, by: User) -> None:
    """Record that a verifier opens a file. Call this before sending any of it."""
    if not can_see_evidence(by, evidence):
        raise PermissionDenied("Only verifiers can see evidence, and not their own.")
    credential = evidence.credential
    credential.events.create(action=Action.LOOKED, by=by, reason=str(evidence))
    tell_evidence_opened(credential.user, url=reverse("accounts:badge-application", args=[credential.pk]))


def remind_before_expiry() -> int:
    """Notify clinicians once, 30 and 7 days before their badge expires; return how many were notified."""
    return sum(_remind(days) for days in REMINDERS)


def delete_old_evidence() -> int:
    """Delete evidence 30 days after its decision, and files without a row; return how many were deleted."""
    outdated = list(Evidence.objects.outdated().select_related("credential"))
    for evidence in outdated:
        with transaction.atomic():
            _delete(evidence, "30 days have passed since the decision.")
    return len(outdated) + _delete_orphans()


def _locked(credential: Credential) -> Credential:
    return Credential.objects.select_for_update().get(pk=credential.pk)


def last_event_id(credential: Credential) -> int:
    """Return the pk of the latest event other than an opened file. Decisions pass it as `seen`."""
    events = credential.events.exclude(action=Action.LOOKED).order_by("-pk")
    return events.values_list("pk", flat=True).first() or 0


def _lock_for_decision(credential: Credential, by: User, seen: int | None) -> Credential:
    """Lock the credential for a decision. Raises IllegalTransition if there are events after `seen`."""
    credential = _locked(credential)
    if not can_decide_credential(by, credential):
        raise PermissionDenied("Only verifiers can decide, and not about themselves.")
    if seen is not None and seen != last_event_id(credential):
        raise IllegalTransition(
            "This application changed after you opened it, so nothing was saved. Please read it again."
        )
    return credential


def _record(credential: Credential, action: str, by: User, reason: str, sentence: str) -> None:
    credential.events.create(action=action, by=by, reason=reason)
    _notify(credential, sentence)


def _tell_verifiers(credential: Credential, sentence: str) -> None:
    url = reverse("admin:accounts_credential_change", args=[credential.pk])
    tell_verifiers(sentence, url, except_for=[credential.user_id])


def _notify(credential: Credential, sentence: str) -> None:
    url = reverse("accounts:badge-application", args=[credential.pk])
    notify(credential.user, "badge", sentence, url, subject_id=credential.pk)


def _changes(credential: Credential, application: Application) -> str:
    changed = [name for name, value in asdict(application).items() if getattr(credential, name) != value]
    titles = {field.name: str(field.verbose_name) for field in Credential._meta.fields}
    labels = [titles[name] for name in changed]
    return f"Changed: {', '.join(labels)}." if labels else ""


def _store_evidence(file: ValidatedFile | None, credential: Credential) -> None:
    if file:
        content = ContentFile(file.content, name=f"evidence{file.suffix}")
        credential.evidence.create(file=content, content_type=file.content_type)


def _delete(evidence: Evidence, reason: str) -> None:
    """Delete the row now and its file on commit. A crash in between leaves a file for `_delete_orphans`."""
    store, name = evidence.file.storage, str(evidence.file.name)
    evidence.credential.events.create(action=Action.EVIDENCE_DELETED, by=None, reason=f"{evidence}: {reason}")
    evidence.delete()
    transaction.on_commit(lambda: store.delete(name))


def _delete_orphans() -> int:
    store = evidence_store()
    if not store.exists(""):
        return 0
    known = set(Evidence.objects.values_list("file", flat=True))
    orphans = [name for name in store.listdir("")[1] if name not in known]
    old = [name for name in orphans if store.get_modified_time(name) < timezone.now() - ORPHAN_MIN_AGE]
    for name in old:
        store.delete(name)
    return len(old)


def _remind(days: int) -> int:
    due = list(Credential.objects.to_remind(days).values_list("pk", flat=True))
    for pk in due:
        with transaction.atomic():
            credential = Credential.objects.to_remind(days).select_for_update().filter(pk=pk).first()
            if credential is None or credential.expires_at is None:
                continue
            Credential.objects.filter(pk=pk).update(reminded_days=days)
            _notify(
                credential, f"Your badge ends on {_day(credential.expires_at)}. Apply again if you want to keep it."
            )
    return len(due)


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
