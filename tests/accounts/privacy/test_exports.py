import io
import json
import os
import re
import time
import zipfile
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.files.base import ContentFile

from accounts.conduct.sanctions import appeal, impose
from accounts.models import Credential, DataExport, Sanction, SanctionAppeal, User
from accounts.models.exports import export_store
from accounts.notifications.inbox import notify
from accounts.privacy.exports import ask_for_export, collect, expire_exports, make_exports
from tests.accounts.concurrency import pointers

STAFF = "What you did as staff"
CONDUCT = "Decisions about your account"
IN_THE_COPY = {
    "account.EmailAddress.user": "E-mail addresses",
    "accounts.Block.owner": "Muted and blocked members",
    "accounts.Credential.user": "Applications for the badge",
    "accounts.CredentialEvent.by": STAFF,
    "accounts.DataExport.user": "Copies of your data",
    "accounts.OutboxEmail.recipient": "Emails on their way to you",
    "accounts.Lift.by": STAFF,
    "accounts.NameClaim.user": "Names you have had",
    "accounts.NameChange.decided_by": STAFF,
    "accounts.NameChange.user": "Names you chose, and decisions on them",
    "accounts.Notification.recipient": "Notifications",
    "accounts.Preference.user": "Preferences",
    "accounts.RoleChange.by": STAFF,
    "accounts.RoleChange.user": "Roles you were given, and why",
    "accounts.RulesAcceptance.user": "House rules you accepted",
    "accounts.Sanction.by": STAFF,
    "accounts.Sanction.user": CONDUCT,
    "accounts.SanctionAppeal.decided_by": STAFF,
    "accounts.Session.user": "Sessions",
    "accounts.SiteSettings.by": STAFF,
    "accounts.User_groups.user": "Account",
    "accounts.User_user_permissions.user": "Account",
    "admin.LogEntry.user": STAFF,
    "forum.Alarm.told": "Alarms you received",
    "forum.HelpCard.alerted": "Help cards you worked on",
    "forum.HelpCard.closed_by": "Help cards you worked on",
    "forum.HelpCard.second_closed_by": "Help cards you worked on",
    "forum.HelpCard.sent_by": "Help cards you worked on",
    "forum.HelpCard.person": "Help cards sent to you",
    "forum.FollowUp.by": "Follow-ups you planned",
    "forum.FollowUp.person": "Follow-ups planned for you",
    "forum.DecisionQuestion.answered_by": "Questions about decisions you answered",
    "forum.SecondReview.by": "Second reviews you made",
    "forum.ItemView.by": "Review items you opened",
    "forum.NoteReceipt.by": "Moderator notes you read or handled",
    "forum.PendingAction.by": "Actions you took as a moderator, and what became of them",
    "forum.ActionDraft.by": "What you typed on review items and haven’t sent",
    "forum.SavedReply.by": "Replies you saved as a moderator",
    "forum.Presence.moderator": "When you were last seen in the queue",
    "forum.PrivateNote.by": "Notes you wrote or received as a moderator",
    "forum.PrivateNote.member": "Moderators’ notes about you",
    "forum.PrivateNote.to": "Notes you wrote or received as a moderator",
    "forum.ReadOnlyPeriod.by": "Read-only periods you started or ended",
    "forum.ReadOnlyPeriod.ended_by": "Read-only periods you started or ended",
    "forum.ReviewItem.claimed_by": "Review items you worked on",
    "forum.ReviewItem.closed_by": "Review items you worked on",
    "forum.ReviewItem.escalated_to": "Review items you worked on",
    "forum.ThreadLogEntry.by": "What you did to threads",
    "forum.ThreadSchedule.host": "Standing threads you host",
    "forum.Appeal.answered_by": "Appeals you answered",
    "forum.Bookmark.user": "Your bookmarks",
    "forum.ClinicalNote.by": "Clinical notes you wrote",
    "forum.Decision.by": "Decisions you made as a moderator",
    "forum.Draft.author": "Your drafts",
    "forum.Experience.author": "Your experience, in every version",
    "forum.ExperienceDecision.by": "Decisions you made on members’ experiences",
    "forum.Duty.moderator": "Your duty hours",
    "forum.ItemLogEntry.by": "Lanes you changed and items you closed",
    "forum.Mention.user": "Where you are mentioned",
    "forum.OutsideText.by": "What you wrote outside the forum that moderators read",
    "forum.Post.author": "Your posts",
    "forum.Reaction.by": "Your reactions",
    "forum.ReadMark.user": "How far you have read",
    "forum.Report.by": "Your reports",
    "forum.Subscription.user": "What you follow",
    "forum.Thread.author": "Threads you started",
    "forum.TriageProposal.by": "Changes of triage you proposed or decided on",
    "forum.TriageProposal.decided_by": "Changes of triage you proposed or decided on",
    "forum.TriageVersion.accepted_by": "Triage rules you wrote or accepted",
    "forum.TriageVersion.by": "Triage rules you wrote or accepted",
    "forum.Trust.by": "Trust you gave or ended",
    "forum.Trust.ended_by": "Trust you gave or ended",
    "forum.Trust.user": "Trust that moderators gave you",
    "guide.ArticleRevision.author": "Articles you wrote",
    "guide.EditorPreference.owner": "Your editors’ digest",
    "guide.Feedback.assigned_to": "Readers’ feedback assigned to you",
    "guide.Proposal.author": "Your proposals for the guide",
    "guide.ProposalDecision.by": "Proposals for the guide you decided on",
    "guide.Remark.by": "Your remarks on proposals for the guide",
    "guide.Withdrawal.by": "Pages of the guide that you took down or brought back",
    "guide.Withdrawal.ended_by": "Pages of the guide that you took down or brought back",
    "guide.Autosave.owner": "Text you typed in the admin but did not save",
    "mfa.Authenticator.user": "Second factors",
}
LEFT_OUT = {
    "accounts.Block.other": "that somebody keeps away from one is theirs to know, and never told",
    "forum.ReviewItem.member": "a row of the queue for reports about one; as the next line",
    "forum.ReviewItem.reporter": "repeats who made a report, which is in the copy as one’s own report",
    "forum.Report.member": "that somebody reported one is theirs to know; what was decided is in the copy",
}
UNSAID = {
    User: {"id", "password"},  # the second is a secret, and kept as one
    Credential: {"user"},
    Sanction: {"id", "user", "by"},
    SanctionAppeal: {"id", "sanction", "decided_by"},
}


def test_every_column_that_points_at_a_person_is_in_the_copy_or_left_out_for_a_reason(busy_maya):
    assert {f"{model._meta.label}.{name}" for model, name in pointers()} == set(IN_THE_COPY) | set(LEFT_OUT)
    copy = collect(busy_maya)
    assert [title for title in IN_THE_COPY.values() if not copy[title]] == []
    assert [title for title in ("Files you uploaded", "Text of your posts", "Your appeals") if not copy[title]] == []


def test_every_table_that_hangs_on_such_a_table_is_known_here():
    pointing = {model for model, _ in pointers()}
    hanging = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model in pointing - {User} and model not in pointing
    }
    assert hanging == {
        "account.EmailConfirmation",  # unused, as we send codes
        "accounts.Evidence",  # in the copy as “Files you uploaded”
        "forum.Category",  # names its last thread
        "forum.CitedChange",  # words of the guide, not of a person
        "forum.Redaction",  # spans of one's words, told with the decision
        "forum.ThreadArticle",  # to which pages of the guide one's words link
        "forum.PostRevision",  # in the copy as “Text of your posts”
        "forum.StandingThread",  # times of a thread, which is in the copy
        "forum.SearchEntry",  # made of one's published words, and gone with them
        "forum.VisitorQuestion",  # in the copy as “Questions you asked without an account and made yours”
        "forum.TriageMatch",  # in the copy as “Triage matches in what you wrote”
        "guide.Article",  # names its live revision
    }


@pytest.mark.parametrize(
    ("model", "title"),
    [(User, "Account"), (Credential, "Applications for the badge"), (Sanction, CONDUCT), (SanctionAppeal, CONDUCT)],
)
def test_no_column_of_ones_own_rows_is_forgotten(busy_maya, model, title):
    told = {name for row in collect(busy_maya)[title] for name in row}
    renamed = {"text": "appeal", "made_at": "appealed_at", "state": "appeal_state", "id": "pk"}
    renamed |= {"answer": "appeal_answer", "decided_at": "appeal_answered_at"}
    columns = {field.name for field in model._meta.concrete_fields} - UNSAID[model]
    assert {name for name in columns if name not in told and renamed.get(name) not in told} == set()


def test_the_copy_is_made_by_the_worker_and_told(maya):
    assert ask_for_export(maya) == ask_for_export(maya)
    assert (make_exports(), make_exports()) == (1, 0)
    export = DataExport.objects.get()
    assert (export.state, maya.notifications.get().sentence) == ("ready", "Your data is ready to download.")
    with zipfile.ZipFile(export.file) as archive:
        assert archive.namelist() == ["data.json", "data.html"]
        data = json.loads(archive.read("data.json"))
        assert data["Account"][0]["email"] == "maya@example.org"
        html = archive.read("data.html").decode()
    assert "maya@example.org" in html
    assert re.search(r"<dt>\s*Display name\s*</dt>\s*<dd>\s*Maya\s*</dd>", html)


def test_the_files_that_one_sent_are_in_it(busy_maya):
    with zipfile.ZipFile(DataExport.objects.get(state="ready").file) as archive:
        assert [archive.read(n) for n in archive.namelist() if n.startswith("files/")] == [b"%PDF Maya Ann Legal"]


def test_a_file_that_is_gone_spoils_nothing(busy_maya):
    evidence = busy_maya.credentials.get().evidence.get()
    evidence.file.storage.delete(evidence.file.name)
    assert make_exports() == 1


def test_it_holds_all_of_ones_rows_and_nobody_elses(busy_maya, noah, vera):
    notify(noah, "export", "For Noah.", "/")
    appeal(impose(noah, by=vera, kind="warning", reason="Noah did.", message="Hm."), by=noah, text="Noah says.")
    text = json.dumps(collect(busy_maya), default=str)
    for own in ("maya@example.org", "LIC-77-MAYA", "Maya wrote so.", "Dear Maya,", "Maya here.", "Maya was right."):
        assert own in text
    for other in ("Noah", "noah@", "Vera", "vera@"):
        assert other not in text


def test_no_secret_is_in_it(busy_maya):
    text = json.dumps(collect(busy_maya), default=str)
    secrets = [busy_maya.password, *(str(a.data) for a in busy_maya.authenticator_set.all())]
    secrets += busy_maya.sessions.values_list("session_key", flat=True)
    assert [secret for secret in secrets if secret in text] == []


def test_what_a_member_typed_cannot_run_in_the_copy(maya, vera):
    appeal(impose(maya, by=vera, kind="warning", reason="r", message="m"), by=maya, text="<script>alert(1)</script>")
    ask_for_export(maya)
    make_exports()
    with zipfile.ZipFile(DataExport.objects.get().file) as archive:
        assert "<script>" not in archive.read("data.html").decode()


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


def test_a_new_copy_takes_the_place_of_the_last(private_root, maya):
    for _ in range(3):
        ask_for_export(maya)
        make_exports()
    assert sorted(maya.exports.values_list("state", flat=True)) == ["expired", "expired", "ready"]
    assert export_store().listdir("")[1] == [maya.exports.get(state="ready").file.name]


@pytest.mark.parametrize(("minutes", "swept"), [(59, 0), (61, 1)])
def test_a_file_that_no_row_knows_is_swept(private_root, maya, minutes, swept):
    ask_for_export(maya)
    make_exports()
    expire_exports()
    store = export_store()
    name = store.save("stray.zip", ContentFile(b"of a worker that was killed"))
    then = time.time() - minutes * 60
    os.utime(store.path(name), (then, then))
    assert expire_exports() == swept
    assert store.exists(name) is not swept
    assert store.exists(DataExport.objects.get().file.name)


def test_files_are_for_the_sites_own_eyes(maya):
    ask_for_export(maya)
    make_exports()
    file = DataExport.objects.get().file
    assert oct(os.stat(file.path).st_mode)[-3:] == "600"  # noqa: PTH116
    assert len(file.name) >= 32 and "maya" not in file.name.lower()
    assert zipfile.is_zipfile(io.BytesIO(file.read()))


def test_nobody_erased_gets_a_copy(maya):
    ask_for_export(maya)
    User.objects.update(state="erased")
    assert make_exports() == 0
