"""How somebody becomes, and stops being, a verified clinician. One function for each act, each one transaction."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.credentials.evidence import Proof
from accounts.models import Credential, CredentialEvent, Evidence, User
from accounts.models.credentials import evidence_store
from accounts.notifications.inbox import notify
from accounts.permissions import (
    can_answer_credential,
    can_apply_for_badge,
    can_decide_credential,
    can_see_evidence,
    can_withdraw_credential,
)
from core.transitions import IllegalTransition, transition

Action, State = CredentialEvent.Action, Credential.State

LASTS = timedelta(days=365)
LASTS_AT_MOST = timedelta(days=3 * 366)  # a year that was mistyped gives no right for a century
REMINDERS = [7, 30]  # days before expiry
STRAY_AFTER = timedelta(hours=1)  # by then the transaction that wrote a file has long ended


@dataclass(frozen=True)
class Application:
    """What somebody says of themselves. All but the profession is for verifiers, the professional name where it is public."""

    profession: str
    legal_name: str
    licence_number: str
    jurisdiction: str
    npi: str
    registry_url: str
    public_name: str
    name_public: bool


@transaction.atomic
def submit_application(application: Application, *, by: User, proof: Proof | None = None) -> Credential:
    """Apply for the badge. Raises PermissionDenied; of two applications at once, the second is refused."""
    person = User.objects.select_for_update().get(pk=by.pk)
    if not can_apply_for_badge(person):
        raise PermissionDenied("You have an application or a lasting credential, or may not apply just now.")
    credential = Credential.objects.create(user=person, **asdict(application))
    _keep(proof, credential)
    _note(credential, Action.SUBMITTED, by, "", "Your application is with our verifiers.")
    return credential


@transaction.atomic
def answer_request(
    credential: Credential, application: Application, *, by: User, message: str, proof: Proof | None = None
) -> Credential:
    """Send what a verifier asked for; what was changed in the application is noted by the names of its fields."""
    credential = _locked(credential)
    if not can_answer_credential(by, credential):
        raise PermissionDenied("Only the person who applied can answer.")
    if credential.state != State.MORE_ASKED:  # an approved one is not opened again
        raise IllegalTransition("Nothing is asked of you just now.")
    reason = "\n\n".join(filter(None, [message, _changes(credential, application)]))
    transition(credential, State.SUBMITTED, **asdict(application))
    _keep(proof, credential)
    _note(credential, Action.ANSWERED, by, reason, "Your answer is with our verifiers.")
    return credential


@transaction.atomic
def withdraw_application(credential: Credential, *, by: User) -> Credential:
    """Take back an application, or the badge. Its files go at once: nobody needs them any more."""
    credential = _locked(credential)
    if not can_withdraw_credential(by, credential):
        raise PermissionDenied("Only the person who applied can withdraw.")
    had_badge = credential.state == State.APPROVED
    transition(credential, State.WITHDRAWN)
    sentence = "You gave your badge back." if had_badge else "You withdrew your application for the badge."
    _note(credential, Action.WITHDRAWN, by, "", sentence)
    for evidence in credential.evidence.all():
        _delete(evidence, "The application was withdrawn.")
    return credential


@transaction.atomic
def approve(
    credential: Credential, *, by: User, expires_at: datetime | None = None, reason: str = "", seen: int | None = None
) -> Credential:
    """Give the badge, for a year if nothing else is said. An older credential ends where this one begins."""
    credential = _to_decide(credential, by, seen)
    now = timezone.now()
    expires_at = expires_at or now + LASTS
    if not now < expires_at <= now + LASTS_AT_MOST:
        raise ValidationError("Choose a day after today, at most three years from now.")
    transition(credential, State.APPROVED, approved_at=now, expires_at=expires_at)
    Credential.objects.in_force().of(credential.user_id).exclude(pk=credential.pk).update(expires_at=now)
    sentence = f"Your application was approved. You are shown as a verified clinician until {_day(expires_at)}."
    _note(credential, Action.APPROVED, by, reason, sentence)
    return credential


@transaction.atomic
def ask_for_more(credential: Credential, *, by: User, reason: str, seen: int | None = None) -> Credential:
    credential = _to_decide(credential, by, seen)
    transition(credential, State.MORE_ASKED)
    _note(credential, Action.ASKED, by, reason, "A verifier asks for something more about your application.")
    return credential


@transaction.atomic
def reject(credential: Credential, *, by: User, reason: str, seen: int | None = None) -> Credential:
    credential = _to_decide(credential, by, seen)
    transition(credential, State.REJECTED)
    _note(credential, Action.REJECTED, by, reason, "Your application was not approved. The reason is on its page.")
    return credential


@transaction.atomic
def revoke(credential: Credential, *, by: User, reason: str, seen: int | None = None) -> Credential:
    """Take the badge and its rights, from the very next request on."""
    credential = _to_decide(credential, by, seen)
    transition(credential, State.REVOKED)
    _note(credential, Action.REVOKED, by, reason, "Your badge was taken back. The reason is on its page.")
    return credential


@transaction.atomic
def look_at_evidence(evidence: Evidence, *, by: User) -> None:
    """Note that a verifier opens a file; to be called before any of it is sent."""
    if not can_see_evidence(by, evidence):
        raise PermissionDenied("Only verifiers may see evidence, and not their own.")
    evidence.credential.events.create(action=Action.LOOKED, by=by, reason=str(evidence))


def remind_before_expiry() -> int:
    """Tell clinicians 30 and 7 days before their badge ends, each once; returns how many were told."""
    return sum(_remind(days) for days in REMINDERS)


def delete_old_evidence() -> int:
    """Delete evidence 30 days after its decision, and files that no row knows of; returns how many."""
    outdated = list(Evidence.objects.outdated().select_related("credential"))
    for evidence in outdated:
        with transaction.atomic():
            _delete(evidence, "30 days have passed since the decision.")
    return len(outdated) + _sweep()


def _locked(credential: Credential) -> Credential:
    return Credential.objects.select_for_update().get(pk=credential.pk)


def last_step(credential: Credential) -> int:
    """Names the newest line of the history, looks apart: `seen=` it says which state of things a decision is about."""
    steps = credential.events.exclude(action=Action.LOOKED).order_by("-pk")
    return steps.values_list("pk", flat=True).first() or 0


def _to_decide(credential: Credential, by: User, seen: int | None) -> Credential:
    """Locked. Raises IllegalTransition where something happened since the verifier opened the page (`seen`)."""
    credential = _locked(credential)
    if not can_decide_credential(by, credential):
        raise PermissionDenied("Only verifiers decide, and never about themselves.")
    if seen is not None and seen != last_step(credential):
        raise IllegalTransition(
            "Something happened after you opened the page, so nothing was done. Please read it again."
        )
    return credential


def _note(credential: Credential, action: str, by: User, reason: str, sentence: str) -> None:
    credential.events.create(action=action, by=by, reason=reason)
    _tell(credential, sentence)


def _tell(credential: Credential, sentence: str) -> None:
    url = reverse("accounts:badge-application", args=[credential.pk])
    notify(credential.user, "badge", sentence, url, subject_id=credential.pk)


def _changes(credential: Credential, application: Application) -> str:
    changed = [name for name, value in asdict(application).items() if getattr(credential, name) != value]
    titles = {field.name: str(field.verbose_name) for field in Credential._meta.fields}
    labels = [titles[name] for name in changed]
    return f"Changed: {', '.join(labels)}." if labels else ""


def _keep(proof: Proof | None, credential: Credential) -> None:
    if proof:
        file = ContentFile(proof.content, name=f"evidence{proof.suffix}")
        credential.evidence.create(file=file, content_type=proof.content_type)


def _delete(evidence: Evidence, reason: str) -> None:
    """The row now, the file when that is certain; a crash in between leaves a stray, which the sweep takes."""
    store, name = evidence.file.storage, str(evidence.file.name)
    evidence.credential.events.create(action=Action.EVIDENCE_DELETED, by=None, reason=f"{evidence}: {reason}")
    evidence.delete()
    transaction.on_commit(lambda: store.delete(name))


def _sweep() -> int:
    store = evidence_store()
    if not store.exists(""):
        return 0
    known = set(Evidence.objects.values_list("file", flat=True))
    stray = [name for name in store.listdir("")[1] if name not in known]
    old = [name for name in stray if store.get_modified_time(name) < timezone.now() - STRAY_AFTER]
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
            _tell(credential, f"Your badge ends on {_day(credential.expires_at)}. Apply again to keep it.")
    return len(due)


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%B %Y}"
