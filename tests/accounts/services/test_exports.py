import json
import zipfile
from datetime import timedelta

import pytest
from django.apps import apps

from accounts.models import DataExport, Sanction, User
from accounts.personal_data import LEFT_OUT
from accounts.services.exports import ask_for_export, collect, expire_exports, make_exports
from accounts.services.notifications import notify

COVERED = {
    "account.EmailAddress": "E-mail addresses",
    "mfa.Authenticator": "Second factors",
    "accounts.NameClaim": "Names you have had",
    "accounts.Session": "Sessions",
    "accounts.Barrier": "Members you keep away from",
    "accounts.Preference": "Preferences",
    "accounts.Notification": "Notifications",
    "accounts.Credential": "Applications for the badge",
    "accounts.CredentialEvent": "Steps of your applications",
    "accounts.Sanction": "Decisions about your account",
    "accounts.SanctionAppeal": "Decisions about your account",
    "accounts.Lift": "Decisions about your account",
    "accounts.DataExport": "Copies of your data",
    "guide.ArticleRevision": "Articles you wrote",
    "guide.RevisionDecision": "Articles you decided on",
    "forum.Thread": "Threads you started",
    "forum.Post": "Your posts",
    "forum.Report": "Your reports",
    "forum.Decision": "Decisions you took as a moderator",
}


def test_every_table_that_points_at_a_person_is_in_the_copy_or_left_out_for_a_reason(maya):
    pointing = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is User
    }
    assert pointing == set(COVERED) | set(LEFT_OUT)
    assert set(COVERED.values()) <= set(collect(maya))


def test_the_copy_is_made_by_the_worker_and_told(maya):
    assert ask_for_export(maya) == ask_for_export(maya)
    assert (make_exports(), make_exports()) == (1, 0)
    export = DataExport.objects.get()
    assert (export.state, maya.notifications.get().sentence) == ("ready", "The copy of your data is ready.")
    with zipfile.ZipFile(export.file) as archive:
        assert archive.namelist() == ["data.json", "data.html"]
        data = json.loads(archive.read("data.json"))
        assert data["Account"][0]["email"] == "maya@example.org"
        assert "maya@example.org" in archive.read("data.html").decode()


def test_it_holds_all_of_ones_rows_and_nobody_elses(maya, noah, vera):
    for who in (maya, noah):
        notify(who, "export", f"For {who}.", "/")
        Sanction.objects.create(user=who, by=vera, kind="warning", reason=f"{who} did.", message="Hm.")
    text = json.dumps(collect(maya), default=str)
    assert "For Maya." in text
    assert "Maya did." in text
    for other in ("Noah", "noah@", "Vera", "vera@"):
        assert other not in text


def test_what_a_member_typed_cannot_run_in_the_copy(maya):
    maya.country = "<b"
    maya.save()
    ask_for_export(maya)
    make_exports()
    with zipfile.ZipFile(DataExport.objects.get().file) as archive:
        assert "<b<" not in archive.read("data.html").decode()


@pytest.mark.parametrize(("days", "kept"), [(6.9, True), (7, False)])
def test_a_copy_is_gone_after_a_week(maya, days, kept):
    ask_for_export(maya)
    make_exports()
    export = DataExport.objects.get()
    path = export.file.path
    DataExport.objects.update(expires_at=export.expires_at - timedelta(days=days))
    assert expire_exports() == int(not kept)
    assert export.file.storage.exists(path) is kept
    assert DataExport.objects.get().state == ("ready" if kept else "expired")
