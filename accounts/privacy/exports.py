"""Copies of one's own data: asked for on the site, made by the worker, kept for a week."""

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

KEPT = timedelta(days=7)
STRAY_AFTER = timedelta(hours=1)  # by then the transaction that wrote a file has long ended
State = DataExport.State


def ask_for_export(user: User) -> DataExport:
    """The copy that is being made for this person, or a new one; one at a time."""
    return DataExport.objects.get_or_create(user=user, state=State.WAITING)[0]


def make_exports() -> int:
    """Make every copy that waits; returns how many."""
    waiting = DataExport.objects.filter(state=State.WAITING).values_list("pk", flat=True)
    return sum(_make(pk) for pk in list(waiting))


@transaction.atomic
def _make(pk: int) -> bool:
    """The lock on the person keeps erasure away until the file has its row: a copy that no row knows would outlive them."""
    user = User.objects.present().select_for_update(skip_locked=True, of=("self",)).filter(exports=pk).first()
    export = user and user.exports.filter(pk=pk, state=State.WAITING).first()
    if not user or not export:
        return False
    export.file.save(f"{secrets.token_urlsafe(24)}.zip", ContentFile(_zip(user)), save=False)
    transition(export, State.READY, file=export.file, expires_at=timezone.now() + KEPT)
    for older in user.exports.filter(state=State.READY).exclude(pk=pk):
        _expire(older.pk)
    notify(user, "export", "The copy of your data is ready.", reverse("accounts:data"), export.pk)
    return True


def collect(user: User) -> dict[str, list[Mapping[str, Any]]]:
    """All sections of all apps: settings.PERSONAL_DATA names their functions."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for path in settings.PERSONAL_DATA:
        found |= import_string(path)(user)
    return found


def _zip(user: User) -> bytes:
    """Everything as data.json for machines and data.html for people, and beside them the files that they sent."""
    sections, packed = collect(user), io.BytesIO()
    page = {"sections": {title: [_worded(row) for row in rows] for title, rows in sections.items()}}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(sections, default=str, indent=2, ensure_ascii=False))
        archive.writestr("data.html", render_to_string("accounts/privacy/export.html", page))
        for path in settings.PERSONAL_FILES:
            for name, content in import_string(path)(user):
                archive.writestr(name, content)
    return packed.getvalue()


def _worded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name.replace("_", " ").strip().capitalize(): value for name, value in row.items()}


def expire_exports() -> int:
    """Delete the copies whose time is over, and files that no row knows of; returns how many."""
    over = DataExport.objects.filter(state=State.READY, expires_at__lte=timezone.now())
    return sum(_expire(pk) for pk in list(over.values_list("pk", flat=True))) + _sweep()


def _sweep() -> int:
    """A worker that was killed between writing a file and its row leaves a stray, which nobody else would ever delete."""
    store = export_store()
    if not store.exists(""):
        return 0
    known = set(DataExport.objects.exclude(file="").values_list("file", flat=True))
    stray = [name for name in store.listdir("")[1] if name not in known]
    old = [name for name in stray if store.get_modified_time(name) < timezone.now() - STRAY_AFTER]
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
