"""A member with rows in every table that can refer to a user, and a search of all stored data."""

import zipfile
from datetime import timedelta
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.mail import send_mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import site_settings
from accounts.conduct.sanctions import appeal, decide_appeal, impose, lift
from accounts.house_rules import FIRST_VERSION, accept_rules
from accounts.models import (
    Block,
    Credential,
    CredentialEvent,
    NameChange,
    Notification,
    Preference,
    RoleChange,
    Session,
    SiteSettings,
    User,
)
from accounts.notifications.inbox import notify, queue_emails
from accounts.privacy.exports import ask_for_export, make_exports
from accounts.profiles.names import rename
from forum.models import (
    ActionDraft,
    Alarm,
    Appeal,
    Bookmark,
    Category,
    ClinicalNote,
    Decision,
    DecisionQuestion,
    Draft,
    Duty,
    Experience,
    ExperienceDecision,
    FollowUp,
    HelpCard,
    ItemLogEntry,
    ItemView,
    Mention,
    NoteReceipt,
    OutsideText,
    PendingAction,
    Presence,
    PrivateNote,
    Reaction,
    ReadMark,
    ReadOnlyPeriod,
    Report,
    ReviewItem,
    SavedReply,
    SecondReview,
    Subscription,
    ThreadLogEntry,
    ThreadSchedule,
    TriageProposal,
    TriageVersion,
    Trust,
)
from forum.moderation import text_decisions as moderation
from forum.posting.posts import PostText, start_thread
from guide.models import (
    Autosave,
    EditorPreference,
    Proposal,
    ProposalDecision,
    Remark,
    Withdrawal,
)

PRIVATE = {
    "legal_name": "Maya Ann Legal",
    "license_number": "LIC-77-MAYA",
    "jurisdiction": "Mayaland",
    "npi": "1234567893",
    "registry_url": "https://register.example.org/maya77",
    "public_name": "Dr. Maya Ann",
}
ADDRESS = "203.0.113.77"
TRACES = ["maya@example.org", "maya.two@example.org", "Maya", "mayflower", "Mayflower", ADDRESS, *PRIVATE.values()]


def fill(maya, noah, vera, article, dr_okafor):
    """Maya as member, applicant, sanctioned member, and staff with all permissions."""
    _as_staff(maya, noah, vera, article)
    _in_the_forum(maya, noah, dr_okafor)
    decided = {"decided_by": maya, "decided_at": timezone.now(), "credential": dr_okafor.credentials.get()}
    NameChange.objects.create(user=noah, name="Noah", state="approved", **decided)
    rename(maya, "Mayflower", by=maya)
    maya.refresh_from_db()
    _entrance(maya)
    accept_rules(FIRST_VERSION, by=maya)
    Preference.objects.create(user=maya, kind="export", delivery="daily")
    Block.objects.create(owner=maya, other=noah, kind="block")
    Block.objects.create(owner=noah, other=maya, kind="mute")
    _application(maya)
    RoleChange.objects.create(user=maya, role="verifier", given=True, by=vera, reason="Maya asked.")
    SiteSettings.objects.create(**site_settings.current()._asdict(), reason="Hm.", by=maya)
    RoleChange.objects.create(user=noah, role="editor", given=True, by=maya, reason="Hm.")
    told = impose(maya, by=vera, kind="suspension", reason="Maya wrote so.", message="Dear Maya,")
    appeal(told, by=maya, text="Maya here.")
    lift(told, by=vera, reason="Maya was right.")
    notify(maya, "export", "Hello.", "/")
    Notification.objects.of(maya).update(mail_due_at=timezone.now())
    queue_emails()
    send_mail("Hello", "Dear Maya", None, ["maya.two@example.org"])
    ask_for_export(maya)
    make_exports()
    ask_for_export(maya)


def _as_staff(maya, noah, vera, article):
    maya.groups.add(Group.objects.get(name="Verifiers"))
    maya.user_permissions.add(Permission.objects.first())
    for note in ("lifted", "appealed"):
        made = impose(noah, by=maya if note == "lifted" else vera, kind="warning", reason="Hm.", message="Hm.")
        if note == "lifted":
            lift(made, by=maya, reason="Hm.")
        else:
            decide_appeal(appeal(made, by=noah, text="Hm."), by=maya, grant=False, answer="Hm.")
    revision = article.revisions.create(
        number=9, title="t", author=maya, render_version=1, section=article.live.section, position=1
    )
    ProposalDecision.objects.create(
        proposal=article.live_revision.proposal, action="signed", by=maya, credential="Dr. Maya Ann, nurse"
    )
    _at_the_desk(maya, revision)
    kind = ContentType.objects.get_for_model(User)
    note = {"content_type": kind, "action_flag": CHANGE}
    LogEntry.objects.create(user=maya, object_id=noah.pk, object_repr="Noah", **note)
    LogEntry.objects.create(user=vera, object_id=maya.pk, object_repr="Mayflower", change_message="Maya", **note)
    note["content_type"] = ContentType.objects.get_for_model(EmailAddress)
    LogEntry.objects.create(user=vera, object_id=1, object_repr="maya@example.org", **note)


def _at_the_desk(maya, revision):
    proposal = Proposal.objects.create(model="question", label="Is it safe?", author=maya)
    Withdrawal.objects.create(
        article=revision.article, reason="Wrong.", by=maya, ended_by=maya, ended_at=timezone.now()
    )
    Remark.objects.create(proposal=proposal, part="question", line=1, text="Say when.", by=maya)
    ProposalDecision.objects.create(proposal=proposal, action="submitted", by=maya)
    Autosave.objects.create(owner=maya, place="article 1", fields={"body": "Maya begins an article."})
    EditorPreference.objects.create(owner=maya, digest="daily")
    revision.article.feedback.create(revision=revision, helpful=False, comment="Unclear.", assigned_to=maya)


def _in_the_forum(maya, noah, dr_okafor):
    """Posts of hers that are waiting, rejected or published, and reactions to them."""
    category = Category.objects.create(slug="busy", title="Busy", purpose="For tests.", position=9)
    words = [("I ask.", "approve"), ("I am Maya.", "reject"), ("Maya here.", "wait")]
    for body, then in words:
        title = "A question" if then == "approve" else "Maya asks"
        post = start_thread(category, PostText(body, title=title, warning=""), by=maya, key=uuid4())
        if then == "approve":
            moderation.approve(post.revisions.get(), by=dr_okafor)
            Report.objects.create(post=post, by=noah, reason="private", note="I know Maya.")
        elif then == "reject":
            moderation.reject(post.revisions.get(), by=dr_okafor, reason="private", note="Dear Maya, no names.")
    theirs = start_thread(category, PostText("Noah asks.", title="Another"), by=noah, key=uuid4())
    moderation.approve(theirs.revisions.get(), by=dr_okafor)
    Report.objects.create(post=theirs, by=maya, reason="private", note="Maya says.")
    revision = theirs.revisions.get()
    credential = dr_okafor.credentials.get()
    Decision.objects.create(revision=revision, action="approved", by=maya, credential=credential, waited=timedelta(0))
    _kept_in_the_forum(maya, dr_okafor, theirs)


def _kept_in_the_forum(maya, dr_okafor, theirs):
    TriageVersion.objects.create(subject="rule test", number=1, content={}, by=maya)
    TriageVersion.objects.create(subject="rule test", number=2, content={}, by=dr_okafor, accepted_by=maya)
    proposed = {"subject": "rule test", "based_on": 1, "content": {}, "weakening": [], "reason": "It is often wrong."}
    TriageProposal.objects.create(**proposed, by=maya)
    decided = {"state": "accepted", "decided_by": maya, "decided_at": timezone.now()}
    TriageProposal.objects.create(**proposed, by=dr_okafor, **decided)
    Draft.objects.create(author=maya, thread=theirs.thread, form_data={"body": "Maya begins to write."})
    ReadMark.objects.create(user=maya, thread=theirs.thread, position=1)
    Bookmark.objects.create(user=maya, post=theirs)
    Subscription.objects.create(user=maya, thread=theirs.thread)
    Reaction.objects.create(post=theirs, by=maya, kind="thanks")
    Mention.objects.create(revision=theirs.revisions.get(), user=maya)
    Report.objects.create(member=maya, by=theirs.author, reason="unkind", note="Maya hurt me.")
    Trust.objects.create(user=maya, by=maya, reason="Maya is kind.", ended_at=timezone.now(), ended_by=maya)
    Duty.objects.create(moderator=maya, starts_at=timezone.now(), ends_at=timezone.now() + timedelta(hours=1))
    no = Decision.objects.filter(revision__post__author=maya, action="rejected").first()
    Appeal.objects.create(decision=no, text="I am Maya.", state="upheld", answered_by=maya, answered_at=timezone.now())
    _at_the_queue(maya, dr_okafor, theirs, no)
    _schedule(maya, theirs.thread.category)
    _experiences(maya, theirs.author, dr_okafor)
    ClinicalNote.objects.create(
        post=theirs,
        by=maya,
        credential=dr_okafor.credentials.get(),
        written_as="nurse",
        body="Ask.",
        html="<p>Ask.</p>",
    )


def _at_the_queue(maya, dr_okafor, theirs, no):
    now, credential = timezone.now(), dr_okafor.credentials.get()
    item = ReviewItem.objects.create(
        kind="new", state="closed", post=theirs, promised_at=now, claimed_until=now, claimed_by=maya, closed_by=maya
    )
    items = {"kind": "report", "state": "closed", "promised_at": now}
    ReviewItem.objects.create(**items, member=maya, escalated_to=maya, reporter=maya)
    ItemView.objects.create(item=item, by=maya)
    OutsideText.objects.create(item=item, source="badge", text="Maya is tired of it all.", by=maya)
    ItemLogEntry.objects.create(
        item=ReviewItem.objects.create(kind="danger", state="closed", member=maya, promised_at=now),
        action="closed",
        lane_before=1,
        lane_after=1,
        reason="Maya was safe.",
        by=maya,
        credential=credential,
    )
    PendingAction.objects.create(
        item=item, action="note", title="Approve", state="undone", settled_at=now, by=maya, credential=credential
    )
    _unsent(maya, item)
    note = PrivateNote.objects.create(item=item, text="A note.", by=maya, to=maya)
    NoteReceipt.objects.create(note=note, by=maya)
    Presence.objects.create(moderator=maya)
    PrivateNote.objects.create(member=maya, text="Maya was upset.", by=dr_okafor)
    first, second = {"closed_by": maya, "second_closed_by": dr_okafor}, {"second_closed_by": maya}
    for post, closed in ((theirs, first), (no.revision.post, second)):
        card = {"item": item, "post": post, "lines": [], "sent_by": maya, "credential": credential} | closed
        HelpCard.objects.create(person=post.author, kind="overdose", country="US", alerted=maya, **card)
        item = ReviewItem.objects.create(kind="new", state="closed", post=post, promised_at=now)
    FollowUp.objects.create(person=dr_okafor, by=maya, assessment="Calmer.", due_at=now)
    FollowUp.objects.create(person=maya, by=dr_okafor, assessment="Maya was calmer.", due_at=now)
    Alarm.objects.create(item=item, step="half", promised_at=now, told=maya)
    ThreadLogEntry.objects.create(
        thread=theirs.thread, action="locked", by=maya, credential=credential, reason="Maya is quiet."
    )
    SecondReview.objects.create(decision=no, by=maya, verdict="rejected", comment="So says Maya.", read_at=now)
    DecisionQuestion.objects.create(decision=no, text="Maya asks why.", answer="So.", answered_by=maya, answered_at=now)
    ReadOnlyPeriod.objects.create(by=maya, reason="Night.", ended_at=now, ended_by=maya)


def _experiences(maya, noah, dr_okafor):
    """Her story, shown and being changed, and what she decided as a moderator on another's."""
    told = {"consent_version": 1, "consent_text": "I agree.", "made_at": timezone.now()}
    shown = {"state": "shown", "published_at": timezone.now()}
    hers = Experience.objects.create(author=maya, text="I am Maya.", goal="other", **shown, **told)
    Experience.objects.create(author=maya, text="I am still Maya.", shown_as="name", **told)
    theirs = Experience.objects.create(author=noah, text="Noah tells.", **told)
    credential = dr_okafor.credentials.get()
    for experience, by, note in [(hers, dr_okafor, "Dear Maya."), (theirs, maya, "Maya says no.")]:
        ExperienceDecision.objects.create(
            experience=experience, action="rejected", reason="dose", note=note, by=by, credential=credential
        )


def _schedule(maya, category):
    """A standing thread in her name."""
    ThreadSchedule.objects.create(
        title="Monday plan", body="What is planned?", category=category, host=maya, starts="8:00"
    )


def _unsent(maya, item):
    """What she typed as a moderator and keeps for herself."""
    ActionDraft.objects.create(item=item, by=maya, action="note", data={"clinical": "Maya’s half a note."})
    SavedReply.objects.create(by=maya, title="Taper", text="Maya’s words: ask your prescriber.")


def _entrance(maya):
    """Sessions of hers, and an anonymous session that contains her address."""
    EmailAddress.objects.create(user=maya, email="maya.two@example.org", verified=False)
    RecoveryCodes.activate(maya)
    seen = {"headers": {"user-agent": "Maya's Firefox"}, "REMOTE_ADDR": ADDRESS}
    at_home, on_the_way = Client(), Client()
    at_home.force_login(maya)
    at_home.get(reverse("accounts:home"), **seen)
    on_the_way.post(reverse("account_request_login_code"), {"email": "maya@example.org"}, **seen)


def _application(maya):
    credential = Credential.objects.create(user=maya, profession="nurse", **PRIVATE)
    CredentialEvent.objects.create(credential=credential, action="submitted", by=maya, reason="I am Maya Ann Legal.")
    credential.evidence.create(file=ContentFile(b"%PDF Maya Ann Legal", "x.pdf"), content_type="application/pdf")


def pointers():
    """Return every field that refers to a user, as model and field name."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            if field.is_relation and field.concrete and field.related_model is User:
                yield model, field.name


def stored():
    """Return all column values, decoded sessions and unpacked private files as text."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'public' "
            "and table_name in (select table_name from information_schema.tables where table_type = 'BASE TABLE')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'select "{column}"::text from "{table}" where "{column}" is not null')  # noqa: S608
            yield from ((f"{table}.{column}", value) for (value,) in cursor.fetchall())
    yield from (("session data", str(session.get_decoded())) for session in Session.objects.all())
    for file in (f for f in settings.PRIVATE_ROOT.rglob("*") if f.is_file()):
        yield str(file), str(file.name)
        if file.suffix == ".zip":
            with zipfile.ZipFile(file) as archive:
                yield from ((f"{file}/{name}", archive.read(name).decode()) for name in archive.namelist())
        else:
            yield str(file), file.read_bytes().decode(errors="replace")


def traces():
    return {(place, trace) for place, value in stored() for trace in TRACES if trace in value}
