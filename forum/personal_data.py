"""Personal data in the forum: what an export contains and what erasure removes."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Any

import pgtrigger
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import User
from accounts.profiles.names import shown_names
from forum.models import (
    ActionDraft,
    Alarm,
    Appeal,
    Bookmark,
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
    Lane,
    Mention,
    NoteReceipt,
    OutsideText,
    PendingAction,
    Post,
    PostRevision,
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
    Thread,
    ThreadLogEntry,
    ThreadSchedule,
    TriageMatch,
    TriageProposal,
    TriageVersion,
    Trust,
    VisitorQuestion,
)
from forum.models.queue import ReviewItemQuerySet
from forum.models.triage import TriageMatchQuerySet
from forum.publishing.experiences import empty_withdrawn_experiences, withdraw_experiences
from forum.publishing.locks import lock_post
from forum.publishing.mentions import anonymize_mentions
from forum.publishing.public_state import NO_TITLE
from forum.publishing.publish import move, republish, unpublish
from forum.publishing.queue_items import KEPT_FOR_RED, withdraw_name_item

AuthorDid = ReviewItem.AuthorDid
GONE = "(erased)"
NOTES: list[tuple[type[models.Model], str]] = [  # what moderators write for each other, and reports
    (PrivateNote, "text"),
    (ItemLogEntry, "reason"),
    (ThreadLogEntry, "reason"),
    (FollowUp, "assessment"),
    (Report, "note"),
    (Trust, "reason"),
    (SecondReview, "comment"),
    (Decision, "note"),
    (ExperienceDecision, "note"),
    (SavedReply, "text"),
]
APPEND_ONLY = [
    "forum.PrivateNote:private_notes_are_append_only",
    "forum.ItemLogEntry:item_log_is_append_only",
    "forum.ThreadLogEntry:thread_log_is_append_only",
    "forum.Decision:append_only",
    "forum.ExperienceDecision:experience_decisions_are_append_only",
    "forum.Trust:trust_is_read_only",
]
Rows = list[Mapping[str, Any]]


def sections(user: User) -> dict[str, Rows]:
    """Return the member's texts and the decisions on them; moderators appear by profession only."""
    revisions = PostRevision.objects.filter(post__author=user).order_by("pk").prefetch_related("decisions__credential")
    decisions: Rows = [
        {
            "post": r.post_id,
            "decided_at": d.decided_at,
            "what": d.get_action_display(),
            "why": d.reason,
            "words": d.note,
        }
        | {"by": d.credential.get_profession_display()}
        for r in revisions
        for d in r.decisions.all()
    ]
    words = revisions.values("post_id", "number", "title", "body", "warning", "state", "created_at")
    reports = Report.objects.filter(by=user).values("post_id", "about_author", "reason", "note", "state", "made_at")
    posts = Post.objects.of(user).values(
        "id", "thread__title", "position", "state", "alias", "created_at", "published_at"
    )
    threads = Thread.objects.filter(author=user).values("id", "title", "state", "created_at")
    noticed = _matches_in_texts_of(user).values(
        "revision__post_id", "rule__title", "kind", "lane", "softened", "part", "start", "end"
    )
    outside = OutsideText.objects.filter(by=user).values("source", "text", "made_at")
    written: dict[str, Rows] = {
        "Threads you started": list(threads),
        "Your posts": list(posts),
        "Text of your posts": list(words),
        "Decisions on your posts": decisions,
        "Your reports": list(reports),
        "Triage matches in what you wrote": list(noticed),
        "What you wrote outside the forum that moderators read": list(outside),
        "Questions you asked without an account and made yours": list(
            VisitorQuestion.objects.filter(post__author=user).values("post_id", "asked_at", "claimed_at")
        ),
    }
    return written | _own_rows(user) | _moderated_by(user) | _noted_about(user) | _queue_activity(user)


def _experiences(user: User) -> dict[str, Rows]:
    """Every version of what the member tells, with the consent; moderators appear by profession only."""
    versions = Experience.objects.filter(author=user).order_by("pk")
    fields = ("id", "post_id", "state", "shown_as", *Experience.CODED, "text", "consent_version", "consent_text")
    decisions = ExperienceDecision.objects.filter(experience__author=user).select_related("credential")
    return {
        "Your experience, in every version": list(versions.values(*fields, "made_at", "published_at")),
        "Decisions on your experience": [
            {"experience": d.experience_id, "decided_at": d.decided_at, "what": d.get_action_display()}
            | {"why": d.reason, "words": d.note, "by": d.credential.get_profession_display()}
            for d in decisions
        ],
    }


def _own_rows(user: User) -> dict[str, Rows]:
    appeals = Appeal.objects.filter(decision__revision__post__author=user)
    own: dict[str, Rows] = {
        "Your drafts": list(
            Draft.objects.filter(author=user).values("category", "thread", "post", "form_data", "saved_at")
        ),
        "How far you have read": list(ReadMark.objects.filter(user=user).values("thread_id", "position", "read_at")),
        "Your bookmarks": list(Bookmark.objects.filter(user=user).values("post_id", "made_at")),
        "What you follow": list(Subscription.objects.filter(user=user).values("thread_id", "category_id", "made_at")),
        "Your reactions": list(Reaction.objects.filter(by=user).values("post_id", "kind", "made_at")),
        "Where you are mentioned": list(Mention.objects.filter(user=user).values("revision__post_id")),
        "Your questions about decisions": list(
            DecisionQuestion.objects.filter(decision__revision__post__author=user).values(
                "text", "made_at", "answer", "answered_at"
            )
        ),
        "Help cards sent to you": list(
            HelpCard.objects.sent()
            .filter(person=user)
            .values("kind", "country", "lines", "note", "sent_at", "opened_at")
        ),
        "Your appeals": list(appeals.values("text", "state", "made_at", "answer", "answered_at")),
        "Trust that moderators gave you": list(Trust.objects.filter(user=user).values("given_at", "ended_at")),
    }
    return own | _experiences(user)


def _moderated_by(user: User) -> dict[str, Rows]:
    """What the member did as a moderator, without naming the members concerned."""
    decisions = Decision.objects.filter(by=user).values("revision__post_id", "action", "reason", "note", "decided_at")
    ends = Trust.objects.filter(ended_by=user).values("ended_at")
    of_experiences = ExperienceDecision.objects.filter(by=user).values(
        "experience_id", "action", "reason", "note", "decided_at"
    )
    return {
        "Decisions you made as a moderator": list(decisions),
        "Decisions you made on members’ experiences": list(of_experiences),
        "Appeals you answered": list(Appeal.objects.filter(answered_by=user).values("state", "answered_at", "answer")),
        "Clinical notes you wrote": list(
            ClinicalNote.objects.filter(by=user).values("post_id", "body", "state", "made_at")
        ),
        "Trust you gave or ended": [*Trust.objects.filter(by=user).values("given_at", "reason"), *ends],
        "Triage rules you wrote or accepted": list(
            TriageVersion.objects.filter(Q(by=user) | Q(accepted_by=user)).values("subject", "number", "made_at")
        ),
        "Changes of triage you proposed or decided on": _triage_proposals(user),
        "Standing threads you host": list(
            ThreadSchedule.objects.filter(host=user).values("title", "active", "made_at")
        ),
        "Your duty hours": list(Duty.objects.filter(moderator=user).values("starts_at", "ends_at")),
    }


def _noted_about(user: User) -> dict[str, Rows]:
    """What moderators noted about the member, who has a legal right to it.

    What was noted on a report, or names whoever reported something, is left out: that is the reporter's right.
    """
    about = PrivateNote.objects.filter(Q(member=user) | Q(post__author=user) | Q(item__post__author=user))
    about = about.exclude(kind=PrivateNote.Kind.DEBRIEF)  # about its writer, not the member
    about = about.exclude(item__kind=ReviewItem.Kind.REPORT)
    log = ItemLogEntry.objects.filter(Q(item__post__author=user) | Q(item__member=user)).exclude(by=user)
    log = log.exclude(item__kind=ReviewItem.Kind.REPORT)
    planned = FollowUp.objects.filter(person=user).values("assessment", "made_at", "due_at")
    reporters = _reporters_of(user)
    return {
        "Moderators’ notes about you": _without_names(about.values("kind", "text", "made_at"), reporters),
        "Follow-ups planned for you": _without_names(planned, reporters),
        "What moderators noted about how urgent your texts are": _without_names(
            log.values("action", "reason", "done_at"), reporters
        ),
        "Actions on your texts that moderators undid": _without_names(_undone_about(user), reporters),
    }


def _triage_proposals(user: User) -> Rows:
    """What the member wrote about changes that weaken triage: the reason of their own, and the answer to a colleague's."""
    proposed = TriageProposal.objects.filter(by=user).values("subject", "reason", "state", "made_at")
    decided = TriageProposal.objects.filter(decided_by=user).values("subject", "answer", "state", "decided_at")
    return [*proposed, *decided]


def _undone_about(user: User) -> Rows:
    """What moderators typed in actions about the member that never took effect. One that may still take effect is left out."""
    about = Q(item__post__author=user) | Q(item__member=user) | Q(post__author=user) | Q(thread__author=user)
    settled = PendingAction.objects.filter(about, state__in=[PendingAction.State.UNDONE, PendingAction.State.FAILED])
    rows = settled.exclude(by=user).exclude(item__kind=ReviewItem.Kind.REPORT)
    return [
        {"title": row.title, "state": row.state, "words": "\n".join(row.typed), "made_at": row.made_at} for row in rows
    ]


def _queue_activity(user: User) -> dict[str, Rows]:
    """The member's part in the queue, as a moderator."""
    cards = HelpCard.objects.filter(Q(sent_by=user) | Q(alerted=user) | Q(closed_by=user) | Q(second_closed_by=user))
    items = ReviewItem.objects.filter(Q(claimed_by=user) | Q(escalated_to=user) | Q(closed_by=user))
    times = ReadOnlyPeriod.objects.filter(Q(by=user) | Q(ended_by=user))
    return {
        "Lanes you changed and items you closed": list(
            ItemLogEntry.objects.filter(by=user).values("item_id", "action", "reason", "done_at")
        ),
        "Actions you took as a moderator, and what became of them": list(
            PendingAction.objects.filter(by=user).values("title", "state", "made_at", "settled_at")
        ),
        "What you typed on review items and haven’t sent": list(
            ActionDraft.objects.filter(by=user).values("item_id", "action", "data", "saved_at")
        ),
        "Replies you saved as a moderator": list(
            SavedReply.objects.filter(by=user).values("title", "text", "saved_at")
        ),
        "Notes you wrote or received as a moderator": list(
            PrivateNote.objects.filter(Q(by=user) | Q(to=user)).values("kind", "text", "made_at")
        ),
        "Review items you worked on": list(items.values("kind", "lane", "asked_at", "closed_at")),
        "When you were last seen in the queue": list(Presence.objects.filter(moderator=user).values("seen_at")),
        "Moderator notes you read or handled": list(NoteReceipt.objects.filter(by=user).values("note__kind", "at")),
        "Review items you opened": list(ItemView.objects.filter(by=user).values("item_id", "opened_at", "seen_at")),
        "Follow-ups you planned": list(FollowUp.objects.filter(by=user).values("assessment", "made_at", "due_at")),
        "Help cards you worked on": list(cards.values("country", "sent_at", "closed_at", "second_closed_at")),
        "What you did to threads": list(
            ThreadLogEntry.objects.filter(by=user).values("thread_id", "action", "reason", "done_at")
        ),
        "Alarms you received": list(Alarm.objects.filter(told=user).values("item_id", "step", "at")),
        "Second reviews you made": list(SecondReview.objects.filter(by=user).values("verdict", "comment", "read_at")),
        "Questions about decisions you answered": list(
            DecisionQuestion.objects.filter(answered_by=user).values("answer", "answered_at")
        ),
        "Read-only periods you started or ended": list(times.values("began_at", "reason", "ended_at")),
    }


def _reporters_of(user: User) -> set[str]:
    """Return the names of those who reported the member or one of their posts."""
    reports = Report.objects.filter(Q(post__author=user) | Q(member=user)).exclude(by=user)
    return set(reports.exclude(by=None).values_list("by__display_name", flat=True))


def _without_names(rows: Iterable[Mapping[str, Any]], names: set[str]) -> Rows:
    pattern = _whole_words(names, re.IGNORECASE)
    return [
        {key: pattern.sub("(a member)", value) if isinstance(value, str) else value for key, value in row.items()}
        for row in rows
    ]


def _whole_words(names: Iterable[str], flags: int = 0) -> "re.Pattern[str]":
    """Return a pattern for any of the names as whole words; without names, one that matches nothing."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)" if names else r"(?!)", flags)


@transaction.atomic
def hide_posts(user: User) -> None:
    """Hide a leaving member's posts at once, if they want them removed: someone who was found out can't wait two weeks."""
    if user.posts_choice == User.PostsChoice.REMOVE:
        _move_posts(user, Post.State.PUBLISHED, lambda post: unpublish(post, Post.State.AWAY))


@transaction.atomic
def show_posts(user: User) -> None:
    """Show the posts of a member who stays after all."""
    _move_posts(user, Post.State.AWAY, republish)


def _move_posts(user: User, state: str, change: Callable[[Post], None]) -> None:
    """Change each post in this state, in the order of locks."""
    for pk in Post.objects.filter(author=user, state=state).order_by("thread", "pk").values_list("pk", flat=True):
        post = lock_post(pk)
        if post.state == state:
            change(post)


@transaction.atomic
def erase(user: User) -> None:
    """Withdraw what waits; leave published posts as a former member's, or unpublish them, as the member chose.

    Texts that are no longer readable are emptied, although revisions are otherwise immutable.
    """
    for pk in Post.objects.filter(author=user).order_by("thread", "pk").values_list("pk", flat=True):
        lock_post(pk)  # a moderator may be deciding on it
    _withdraw_waiting(user)
    if user.posts_choice == User.PostsChoice.REMOVE:
        shown = [Post.State.PUBLISHED, Post.State.AWAY]
        for post in Post.objects.filter(author=user, state__in=shown).select_related("thread"):
            unpublish(post, Post.State.DELETED)
        Thread.objects.filter(author=user).update(title=NO_TITLE)
    for change in user.name_changes.open():
        withdraw_name_item(change)
    withdraw_experiences(user)
    _items_about(user).open().filter(lane=Lane.RED).update(author_did=AuthorDid.ERASED, author_did_at=timezone.now())
    _clear_texts(user)
    anonymize_mentions(user)
    _remove_name_from_notes(user)
    for rows in (
        Draft.objects.filter(author=user),
        Reaction.objects.filter(by=user),
        *(model.objects.filter(user=user) for model in (ReadMark, Bookmark, Subscription)),
        Duty.objects.filter(moderator=user),
        ItemView.objects.filter(by=user),
        ActionDraft.objects.filter(by=user),
        SavedReply.objects.filter(by=user),
        VisitorQuestion.objects.filter(post__author=user),
        Presence.objects.filter(moderator=user),
    ):
        rows.delete()
    with pgtrigger.ignore("forum.Trust:trust_is_not_deleted"):
        Trust.objects.filter(user=user).delete()


def clear_kept_texts() -> int:
    """The worker's chore: empty texts kept for a RED item once a clinician closed it, and after 30 days at the latest."""
    kept = ReviewItem.objects.filter(author_did=AuthorDid.ERASED)
    over = Q(state=ReviewItem.State.CLOSED) | Q(author_did_at__lt=timezone.now() - KEPT_FOR_RED)
    found = list(kept.filter(over).values_list("pk", flat=True))
    for pk in found:
        with transaction.atomic():
            item = (
                ReviewItem.objects.select_for_update(no_key=True, of=["self"])
                .select_related("post__author", "member")
                .get(pk=pk)
            )
            item.author_did = AuthorDid.CLEARED
            item.save(update_fields=["author_did"])
            person = item.post.author if item.post else item.member
            if person:
                empty_withdrawn_experiences()
                _clear_texts(person)
    return len(found)


def _items_about(user: User) -> ReviewItemQuerySet:
    return ReviewItem.objects.filter(Q(post__author=user) | Q(member=user))


def _clear_texts(user: User) -> None:
    """Empty what an erased member wrote and what was written about them.

    Kept until `clear_kept_texts`: what a RED item is about that no clinician has closed yet.
    """
    kept = _items_about(user).open().filter(author_did=AuthorDid.ERASED)
    posts = list(kept.exclude(post=None).values_list("post", flat=True))
    items = list(kept.values_list("pk", flat=True))
    of_kept = Q(revision__post__in=posts) | Q(question__decision__revision__post__in=posts)
    of_kept |= Q(appeal__decision__revision__post__in=posts) | Q(outside_text__item__in=items)
    of_kept |= Q(experience__review_items__in=items)
    _matches_in_texts_of(user).exclude(pk__in=TriageMatch.objects.filter(of_kept).values("pk")).delete()
    _empty_unpublished_texts(user, posts)
    _clear_notes_about(user, posts, items)


def _matches_in_texts_of(user: User) -> TriageMatchQuerySet:
    mine = Q(revision__post__author=user) | Q(question__decision__revision__post__author=user)
    mine |= Q(appeal__decision__revision__post__author=user) | Q(report__by=user) | Q(outside_text__by=user)
    mine |= Q(experience__author=user)
    return TriageMatch.objects.filter(mine)


def _withdraw_waiting(user: User) -> None:
    open_states = [PostRevision.State.WAITING, PostRevision.State.CHANGES]
    for revision in PostRevision.objects.filter(post__author=user, state__in=open_states):
        move(revision, PostRevision.State.WITHDRAWN)
    for post in Post.objects.filter(author=user, state=Post.State.WAITING):
        move(post, Post.State.WITHDRAWN)


def _empty_unpublished_texts(user: User, kept_posts: list[int]) -> None:
    live = Post.objects.filter(author=user, state=Post.State.PUBLISHED).values("live_revision")
    with pgtrigger.ignore("forum.PostRevision:text_is_immutable"):
        revisions = PostRevision.objects.filter(post__author=user).exclude(pk__in=live).exclude(post__in=kept_posts)
        revisions.update(body="", html="", title="", warning="")


def _clear_notes_about(user: User, kept_posts: list[int], kept_items: list[int]) -> None:
    """Clear notes and answers, which may name the member; the decisions themselves stay."""
    of_kept_posts = Q(decision__revision__post__in=kept_posts)
    with pgtrigger.ignore(*APPEND_ONLY):
        Decision.objects.filter(revision__post__author=user).exclude(note="").update(note="")
        ExperienceDecision.objects.filter(experience__author=user).exclude(note="").update(note="")
    reports = Report.objects.filter(Q(by=user) | Q(post__author=user) | Q(member=user)).exclude(post__in=kept_posts)
    if kept_items:
        reports = reports.exclude(member=user, state=Report.State.OPEN)
    reports.update(note="")
    Appeal.objects.filter(decision__revision__post__author=user).exclude(of_kept_posts).update(text="", answer="")
    DecisionQuestion.objects.filter(decision__revision__post__author=user).exclude(of_kept_posts).update(
        text="", answer=""
    )
    OutsideText.objects.filter(by=user).exclude(item__in=kept_items).update(text="", url="")
    with pgtrigger.ignore("forum.ItemLogEntry:item_log_is_append_only"):
        about = Q(item__post__author=user) | Q(item__member=user)
        ItemLogEntry.objects.filter(about).exclude(item__in=kept_items).update(reason=GONE)
    SecondReview.objects.filter(decision__revision__post__author=user).update(comment="")
    about = Q(item__post__author=user) | Q(item__member=user) | Q(post__author=user) | Q(thread__author=user)
    PendingAction.objects.filter(pk__in=PendingAction.objects.filter(about).values("pk")).update(data={})
    ActionDraft.objects.filter(Q(item__post__author=user) | Q(item__member=user)).delete()
    HelpCard.objects.filter(person=user).update(country="", lines=[], note="")
    FollowUp.objects.filter(person=user).update(assessment="")
    with pgtrigger.ignore("forum.PrivateNote:private_notes_are_append_only"):
        about = Q(member=user) | Q(post__author=user) | Q(item__post__author=user) | Q(item__member=user)
        PrivateNote.objects.filter(about).update(text="")


def _remove_name_from_notes(user: User) -> None:
    """Replace the member's name, and their former ones, where moderators wrote them in notes on other things."""
    names = shown_names(user) - {""}
    pattern = _whole_words(names)
    rows = PendingAction.objects.annotate(as_text=Cast("data", models.TextField()))
    rows.filter(_contains_any("as_text", names)).update(data={})
    drafts = ActionDraft.objects.annotate(as_text=Cast("data", models.TextField()))
    drafts.filter(_contains_any("as_text", names)).delete()
    with pgtrigger.ignore(*APPEND_ONLY):
        for model, field in NOTES:
            found = model._default_manager.filter(_contains_any(field, names))
            for pk, text in found.values_list("pk", field):
                model._default_manager.filter(pk=pk).update(**{field: pattern.sub(GONE, text)})


def _contains_any(field: str, texts: Iterable[str]) -> Q:
    return reduce(or_, (Q(**{f"{field}__contains": text}) for text in texts))
