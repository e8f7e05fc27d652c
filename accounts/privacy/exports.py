"""Data exports: requested on the site, made by the worker, kept for a week."""

import io
import json
import secrets
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import DataExport, User
from accounts.models.exports import export_store
from accounts.notifications.inbox import notify
from core.transitions import transition

EXPORT_LIFETIME = timedelta(days=7)
ORPHAN_MIN_AGE = timedelta(hours=1)  # the transaction that wrote the file has ended by then
State = DataExport.State


def ask_for_export(user: User) -> DataExport:
    """Return the user's waiting export, or request a new one."""
    return DataExport.objects.get_or_create(user=user, state=State.WAITING)[0]


def make_exports() -> int:
    """Make all waiting exports and return how many were made."""
    waiting = DataExport.objects.filter(state=State.WAITING).values_list("pk", flat=True)
    return sum(_make(pk) for pk in list(waiting))


@transaction.atomic
def _make(pk: int) -> bool:
    """Make one export. The lock on the user delays erasure until the file has its row: otherwise the file would survive it."""
    user = User.objects.present().select_for_update(skip_locked=True, of=("self",)).filter(exports=pk).first()
    export = user and user.exports.filter(pk=pk, state=State.WAITING).first()
    if not user or not export:
        return False
    export.file.save(f"{secrets.token_urlsafe(24)}.zip", ContentFile(_zip(user)), save=False)
    transition(export, State.READY, file=export.file, expires_at=timezone.now() + EXPORT_LIFETIME)
    for older in user.exports.filter(state=State.READY).exclude(pk=pk):
        _expire(older.pk)
    notify(user, "export", "Your data is ready to download.", reverse("accounts:data"), export.pk)
    return True


def collect(user: User) -> dict[str, list[Mapping[str, Any]]]:
    """Return the sections of all apps, from the functions in settings.PERSONAL_DATA."""
    sections: dict[str, list[Mapping[str, Any]]] = {}
    for path in settings.PERSONAL_DATA:
        sections |= import_string(path)(user)
    return sections


def _zip(user: User) -> bytes:
    """Return a ZIP with data.json for machines, data.html for people, and the files that the user uploaded."""
    sections, packed = collect(user), io.BytesIO()
    page = {"sections": {title: [_with_titles(row) for row in rows] for title, rows in sections.items()}}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(sections, default=str, indent=2, ensure_ascii=False))
        archive.writestr("data.html", render_to_string("accounts/privacy/export.html", page))
        for path in settings.PERSONAL_FILES:
            for name, content in import_string(path)(user):
                archive.writestr(name, content)
    return packed.getvalue()


def _with_titles(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("_", " ").strip().capitalize(): value for name, value in row.items()}


def expire_exports() -> int:
    """Delete expired exports, and files without a row; return how many were deleted."""
    expired = DataExport.objects.filter(state=State.READY, expires_at__lte=timezone.now())
    return sum(_expire(pk) for pk in list(expired.values_list("pk", flat=True))) + _delete_orphans()


def _delete_orphans() -> int:
    """Delete files whose row was never written because the worker was killed."""
    store = export_store()
    if not store.exists(""):
        return 0
    known = set(DataExport.objects.exclude(file="").values_list("file", flat=True))
    orphans = [name for name in store.listdir("")[1] if name not in known]
    old = [name for name in orphans if store.get_modified_time(name) < timezone.now() - ORPHAN_MIN_AGE]
    for name in old:
        store.delete(name)
    return len(old)


@transaction.atomic
def _expire(pk: int) -> bool:
    export = DataExport.objects.select_for_update(skip_locked=True).filter(pk=pk, state=State.READY).first()
    if export is None:
        return False
    export.file.delete(save=False)
    transition(export, State.EXPIRED, file=export.file)
    return True
