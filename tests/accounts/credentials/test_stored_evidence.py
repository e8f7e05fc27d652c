"""Storage, access and deletion of evidence."""

import os
import stat
from datetime import timedelta

import pgtrigger
import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.utils import timezone

from accounts.credentials import verification
from accounts.models import CredentialEvent, Evidence
from tests.accounts.samples import PDF, validated, with_pdf

FOLDER = settings.PRIVATE_ROOT / "evidence"


@pytest.fixture(autouse=True)
def _empty_folder():
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file in FOLDER.iterdir():
        file.unlink()


def on_disk():
    return sorted(file.name for file in FOLDER.iterdir())


def age(days, *actions):
    """Backdate events, with their append-only trigger disabled."""
    with pgtrigger.ignore("accounts.CredentialEvent:append_only"):
        CredentialEvent.objects.filter(action__in=actions).update(at=timezone.now() - timedelta(days=days))


def test_evidence_is_stored_privately_under_a_random_name(maya, client):
    evidence = with_pdf(maya).evidence.get()
    file = FOLDER / evidence.file.name
    assert (file.read_bytes(), file.suffix, len(file.stem) >= 32) == (validated(PDF).content, ".pdf", True)
    assert not file.is_relative_to(settings.STATIC_ROOT)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    client.force_login(maya)
    assert [client.get(f"{path}{evidence.file.name}").status_code for path in ("/", "/static/", "/media/")] == [404] * 3


def test_each_access_is_logged_and_only_verifiers_have_access(maya, noah, vera, dr_okafor):
    evidence = with_pdf(maya).evidence.get()
    verification.record_evidence_view(evidence, by=vera)
    verification.record_evidence_view(evidence, by=vera)
    for person in (maya, noah, dr_okafor):
        with pytest.raises(PermissionDenied):
            verification.record_evidence_view(evidence, by=person)
    looks = CredentialEvent.objects.filter(action="looked")
    assert [(e.by, e.reason) for e in looks] == [(vera, f"evidence {evidence.pk}")] * 2


@pytest.mark.parametrize("decision", ["approved", "rejected"])
def test_evidence_is_deleted_thirty_days_after_the_decision(decision, maya, vera, django_capture_on_commit_callbacks):
    credential = with_pdf(maya)
    if decision == "approved":
        verification.approve(credential, by=vera)
    else:
        verification.reject(credential, by=vera, reason="Not found.")
    left = []
    for days in (29, 31):
        age(days, decision)
        with django_capture_on_commit_callbacks(execute=True):
            verification.delete_old_evidence()
        left.append((Evidence.objects.count(), len(on_disk())))
    assert left == [(1, 1), (0, 0)]
    last = credential.events.get(action="evidence-deleted")
    assert (last.by, last.reason[-40:]) == (None, "s: 30 days have passed since the decision."[-40:])


def test_asking_for_more_is_no_decision(maya, vera, django_capture_on_commit_callbacks):
    verification.ask_for_more(with_pdf(maya), by=vera, reason="Which?")
    age(90, "submitted", "asked")
    with django_capture_on_commit_callbacks(execute=True):
        verification.delete_old_evidence()
    assert len(on_disk()) == 1


def test_withdrawing_deletes_the_files_at_once(maya, django_capture_on_commit_callbacks):
    credential = with_pdf(maya)
    with django_capture_on_commit_callbacks(execute=True):
        verification.withdraw_application(credential, by=maya)
    assert (on_disk(), Evidence.objects.count(), credential.events.last().action) == ([], 0, "evidence-deleted")


def test_files_of_transactions_that_came_to_nothing_are_swept_away(maya):
    credential = with_pdf(maya)
    for name, hours in [("old.pdf", 2), ("new.pdf", 0)]:
        (FOLDER / name).write_bytes(PDF)
        moment = timezone.now().timestamp() - hours * 3600
        os.utime(FOLDER / name, (moment, moment))
    kept = credential.evidence.get().file.name
    os.utime(FOLDER / kept, (0, 0))
    assert verification.delete_old_evidence() == 1
    assert on_disk() == sorted(["new.pdf", kept])


@pytest.mark.django_db(transaction=True)
def test_the_worker_does_it(maya, vera):
    verification.approve(with_pdf(maya), by=vera)
    age(31, "approved")
    call_command("worker", "--once")
    assert on_disk() == []
