"""Who may do what in the forum. One function, one rule."""

from typing import TypeGuard

from django.db.models import Exists, Q

from accounts.models import Block, User
from accounts.permissions import are_blocked, can_write, daily_limit, is_lead, is_moderator
from core.requests import AnyUser
from forum.models import (
    Appeal,
    Category,
    ClinicalNote,
    Decision,
    DecisionQuestion,
    HelpCard,
    Post,
    PostRevision,
    PrivateNote,
    Report,
    ReviewItem,
    SecondReview,
    Thread,
)


def can_enter_category(user: AnyUser, category: Category) -> bool:
    return user.is_authenticated or not category.members_only


def can_start_thread(user: AnyUser, category: Category) -> bool:
    return can_write(user) and can_enter_category(user, category)


def can_reply(user: AnyUser, thread: Thread) -> bool:
    """To an open thread, and not to somebody who is kept apart from this person by a block.

    A thread that was opened under an alias is open to all: being refused would tell who opened it.
    """
    return can_write(user) and thread.state == Thread.State.OPEN and not _bars_by_name(user, thread)


def _bars_by_name(user: User, thread: Thread) -> bool:
    """One query: a block between the two, and no alias on the opening post."""
    if user.pk == thread.author_id:
        return False
    either = Q(owner=user.pk, other=thread.author_id) | Q(owner=thread.author_id, other=user.pk)
    under_alias = Post.objects.filter(thread=thread, position=1, alias__isnull=False)
    return Block.objects.filter(either, ~Exists(under_alias), kind=Block.Kind.BLOCK).exists()


def can_edit_post(user: AnyUser, post: Post) -> bool:
    """One's own, while it waits, is published or came back. A tombstone has no text left to edit."""
    editable = {Post.State.WAITING, Post.State.PUBLISHED, Post.State.REJECTED, Post.State.HIDDEN}
    return can_write(user) and post.author_id == user.pk and post.state in editable


def can_withdraw_post(user: AnyUser, post: Post) -> bool:
    """One's own, before it was published. The suspended may too: it takes words away, not adds them."""
    return user.is_authenticated and post.author_id == user.pk and post.state == Post.State.WAITING


def can_delete_post(user: AnyUser, post: Post) -> bool:
    return user.is_authenticated and post.author_id == user.pk and post.state == Post.State.PUBLISHED


def can_report_post(user: AnyUser, post: Post) -> bool:
    return can_write(user) and post.author_id != user.pk and post.state == Post.State.PUBLISHED


def can_moderate(user: AnyUser) -> TypeGuard[User]:
    return is_moderator(user)


def can_lead_team(user: AnyUser) -> bool:
    """Who plans for others, closes the forum to new posts, and is there for moderators who would like to talk."""
    return is_lead(user)


def can_plan_shift(user: AnyUser, moderator: User) -> bool:
    """Add, change or withdraw hours of duty: one's own; the lead those of any moderator."""
    own = user.pk == moderator.pk and can_moderate(user)
    return own or (can_lead_team(user) and can_moderate(moderator))


def can_close_talk(user: AnyUser, note: PrivateNote) -> bool:
    return note.kind == PrivateNote.Kind.DEBRIEF and can_lead_team(user)


def can_edit_triage(user: AnyUser) -> bool:
    """The clinicians who moderate approve its wording; administrators may mend it."""
    return can_moderate(user) or user.is_superuser


def can_decide_revision(user: AnyUser, revision: PostRevision) -> bool:
    """A moderator, and never on their own words."""
    return can_moderate(user) and revision.post.author_id != user.pk


def can_quote_post(user: AnyUser, thread: Thread, post: Post) -> bool:
    """In its own thread, while it can be read, and not the words of somebody kept apart from this person by a block.

    Under an alias a block is not asked, as in `can_reply`.
    """
    here = post.thread_id == thread.pk and post.state == Post.State.PUBLISHED
    return can_write(user) and here and (post.alias is not None or not are_blocked(user, post.author))


def can_mention_member(user: AnyUser, member: User, *, alias: int | None = None) -> bool:
    """Somebody who is here, and whom no block keeps apart from this person.

    Who writes under an alias is not asked for a block: a name that leads nowhere would tell who wrote it.
    """
    here = member.state == User.State.ACTIVE
    return can_write(user) and here and (alias is not None or not are_blocked(user, member))


def can_react_to_post(user: AnyUser, post: Post) -> bool:
    """A sign of support is for others, and not for who is kept apart from this person by a block.

    Under an alias a block is not asked: being refused would tell who writes there.
    """
    readable = post.author_id != user.pk and post.state == Post.State.PUBLISHED
    return can_write(user) and readable and (post.alias is not None or not are_blocked(user, post.author))


def can_report_member(user: AnyUser, member: User) -> bool:
    return can_write(user) and member.pk != user.pk and member.state == User.State.ACTIVE


def can_decide_report(user: AnyUser, report: Report) -> bool:
    """A moderator, on what is not about them, and where none of the open reports on the same is their own."""
    if not can_moderate(user):
        return False
    about = report.post.author_id if report.post else report.member_id
    return about != user.pk and not Report.objects.about_the_same(report).open().filter(by=user).exists()


def can_moderate_post(user: AnyUser, post: Post) -> TypeGuard[User]:
    """A moderator, on what was published and is not their own words."""
    return can_moderate(user) and post.author_id != user.pk and post.position is not None


def can_withdraw_note(user: AnyUser, note: ClinicalNote) -> bool:
    """Any moderator whose own post it does not stand beside; its writer too."""
    return can_moderate(user) and note.post.author_id != user.pk


def can_decide_item(user: AnyUser, item: ReviewItem) -> bool:
    """A moderator who has no part in it: not their words, report, or decision."""
    return can_moderate(user) and ReviewItem.objects.filter(pk=item.pk).for_moderator(user).exists()


def can_read_again(user: AnyUser, reading: SecondReview) -> bool:
    """A moderator who has no part in it: neither the text, nor the first decision, nor a report on the post is theirs."""
    return can_moderate(user) and SecondReview.objects.filter(pk=reading.pk).open_to(user).exists()


def can_undo_decision(user: AnyUser, decision: Decision) -> bool:
    """One's own decision, as long as one is a moderator."""
    return can_moderate(user) and decision.by_id == user.pk


def can_send_help_card(user: AnyUser, person: User) -> bool:
    """A moderator, to anyone but themselves."""
    return can_moderate(user) and person.pk != user.pk


def can_undo_help_card(user: AnyUser, card: HelpCard) -> bool:
    """The moderator who sent it; within which time is up to the card."""
    return can_moderate(user) and card.sent_by_id == user.pk


def can_close_help_card(user: AnyUser, card: HelpCard) -> bool:
    """A moderator whom it was not sent to. Each closes it once; whether they have is up to the card."""
    return can_moderate(user) and user.pk != card.person_id


def can_remove_post(user: AnyUser, post: Post) -> bool:
    """What can be read, or is hidden for now. Who reported it leaves it to another."""
    there = post.state in (Post.State.PUBLISHED, Post.State.HIDDEN)
    return can_moderate_post(user, post) and there and not post.reports.open().filter(by=user).exists()


def can_restore_post(user: AnyUser, post: Post) -> bool:
    """What a moderator removed or hid, as long as its words are still there: those of an erased author are not."""
    there = post.state in (Post.State.REMOVED, Post.State.HIDDEN) and post.author.state != User.State.ERASED
    return can_moderate_post(user, post) and there


def can_lock_thread(user: AnyUser, thread: Thread) -> bool:
    """Close or open again a thread that can be read; one's own is for others to close."""
    return can_moderate(user) and thread.author_id != user.pk and thread.state in Thread.READABLE


def can_appeal_decision(user: AnyUser, decision: Decision) -> bool:
    """The author, the suspended too, once, and while the decision stands."""
    post = decision.revision.post
    mine = user.is_authenticated and user.is_active and post.author_id == user.pk
    return mine and decision_stands(decision) and not Appeal.objects.filter(decision=decision).exists()


def can_ask_about_decision(user: AnyUser, decision: Decision) -> bool:
    """The author, once, about a decision that refused or covered something."""
    refused = decision.reason != "" or decision.with_redaction
    mine = user.is_authenticated and user.is_active and decision.revision.post.author_id == user.pk
    return mine and refused and not hasattr(decision, "question")


def can_answer_question(user: AnyUser, question: DecisionQuestion) -> bool:
    return can_moderate(user) and question.decision.revision.post.author_id != user.pk


def decision_stands(decision: Decision) -> bool:
    """Whether it is still why the text cannot be read, or not all of it: no later decision, no newer text, nothing taken back."""
    revision, post = decision.revision, decision.revision.post
    if revision.decisions.filter(pk__gt=decision.pk).exists():
        return False
    if decision.action == Decision.Action.REMOVED:
        return post.state == Post.State.REMOVED
    if decision.with_redaction:
        return post.live_revision_id == revision.pk and post.state == Post.State.PUBLISHED
    refused = {
        Decision.Action.REJECTED: PostRevision.State.REJECTED,
        Decision.Action.CHANGES: PostRevision.State.CHANGES,
    }
    return revision.state == refused.get(Decision.Action(decision.action)) and not post.is_tombstone


def can_answer_appeal(user: AnyUser, appeal: Appeal) -> bool:
    """A moderator who took no part: neither the decision, nor the post, nor a report on it is theirs."""
    decision = appeal.decision
    post = decision.revision.post
    apart = user.pk not in (decision.by_id, post.author_id)
    return can_moderate(user) and apart and not post.reports.filter(by=user).exists()


def can_trust_member(user: AnyUser, member: User) -> bool:
    """Give trust, or end it: a moderator, never for themselves."""
    return can_moderate(user) and member.pk != user.pk and member.state == User.State.ACTIVE


def can_skip_waiting(user: User, category: Category) -> bool:
    """Whether this member's words may appear before they are read: by hand-given trust, where the category allows it.

    Never on health questions, and not while a sanction limits the member.
    """
    allowed = category.policy == Category.Policy.REVIEW_AFTER and not category.clinical
    return allowed and user.trusts.in_force().exists() and daily_limit(user) is None
