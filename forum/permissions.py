"""Permissions of the forum. One function for each rule."""

from typing import TypeGuard

from django.db.models import Exists, Q, QuerySet

from accounts.house_rules import has_accepted_rules
from accounts.models import Block, User
from accounts.permissions import (
    are_blocked,
    can_block,
    can_report,
    can_write,
    daily_limit,
    is_clinician,
    is_lead,
    is_moderator,
)
from core.kept_query import KeptQuery
from core.requests import AnyUser
from forum.models import (
    Appeal,
    Category,
    ClinicalNote,
    Decision,
    DecisionQuestion,
    Experience,
    HelpCard,
    ItemLogEntry,
    PendingAction,
    Post,
    PostRevision,
    PrivateNote,
    Reaction,
    Report,
    ReviewItem,
    SecondReview,
    Thread,
    TriageProposal,
    VisitorQuestion,
)

Place = Category | Thread | Post
GONE = "The page you were writing on isn’t there anymore."
CLOSED = "This thread is closed to new posts. You can still read it."
CATEGORY_CLOSED = "This category is closed to new posts. You can still read everything in it."
UNEDITABLE = "This post was removed or deleted, so it can’t be edited."
NOT_HERE = "You can’t write in this thread. You can start your own."  # the same whichever of the two blocked the other
SUSPENDED = (
    "Your account is suspended, so you can’t post right now. “Decisions about your account” says why and until when."
)
FOR_VISITORS = (
    "Questions in this category come from people without an account. Please start your thread in another one."
)
FOR_CLINICIANS = "Only clinicians answer here. You can talk about it in a thread of your own, in another category."
LEAVING = "You asked us to delete your account. If you want to post, cancel that first."
RULES = "The house rules have changed. Please read and accept them first."
ACCOUNT = "Your account can’t post right now."


def can_enter_category(user: AnyUser, category: Category) -> bool:
    return user.is_authenticated or not category.members_only


def can_start_thread(user: AnyUser, category: Category) -> bool:
    takes_threads = not (category.for_visitors or category.closed)
    return can_write(user) and can_enter_category(user, category) and takes_threads


def can_host_thread(user: User, category: Category) -> bool:
    """Allow moderators to be the host in whose name the site opens a standing thread."""
    return can_moderate(user) and can_start_thread(user, category)


def can_reply(user: AnyUser, thread: Thread) -> bool:
    """Allow replies to open threads, unless there is a block between the user and the thread's author.

    Blocks do not apply if the thread was opened anonymously: a refusal would reveal its author. Only clinicians answer
    questions without an account.
    """
    if not can_write(user) or thread.state != Thread.State.OPEN or thread.category.closed:
        return False
    if _is_blocked_by_name(user, thread):
        return False
    return not thread.category.for_visitors or user.pk == thread.author_id or is_clinician(user)


def _is_blocked_by_name(user: User, thread: Thread) -> bool:
    """Whether there is a block between user and author, and the opening post is not anonymous. One query."""
    return user.pk != thread.author_id and bool(BLOCK_BY_NAME(user.pk, thread.author_id, thread.pk))


def _block_by_name(user_id: int, author_id: int, thread_id: int) -> QuerySet[Block]:
    either = Q(owner=user_id, other=author_id) | Q(owner=author_id, other=user_id)
    anonymous = Post.objects.filter(thread=thread_id, position=1, alias__isnull=False)
    return Block.objects.filter(either, ~Exists(anonymous), kind=Block.Kind.BLOCK)[:1]


BLOCK_BY_NAME = KeptQuery(_block_by_name, int, int, int)  # asked for the form, and again for what is sent


def reason_closed(user: User, place: Place | None) -> str:
    """Explain why `can_start_thread`, `can_reply` or `can_edit_post` refuses, without revealing a block."""
    if user.is_suspended:
        return SUSPENDED
    if user.state == User.State.LEAVING:
        return LEAVING
    if not has_accepted_rules(user):
        return RULES
    return _reason_place_closed(place)


def _reason_place_closed(place: Place | None) -> str:
    if place is None:
        return GONE
    if isinstance(place, Post):
        return UNEDITABLE
    if isinstance(place, Thread):
        return _reason_thread_closed(place)
    if place.closed:
        return CATEGORY_CLOSED
    return FOR_VISITORS if place.for_visitors else ACCOUNT


def _reason_thread_closed(thread: Thread) -> str:
    if thread.state == Thread.State.LOCKED:
        return CLOSED
    if thread.category.closed:
        return CATEGORY_CLOSED
    return FOR_CLINICIANS if thread.category.for_visitors else NOT_HERE


def can_edit_post(user: AnyUser, post: Post) -> bool:
    """Allow authors to edit waiting, published, rejected and hidden posts. Removed and deleted ones have no text to edit."""
    editable = {Post.State.WAITING, Post.State.PUBLISHED, Post.State.REJECTED, Post.State.HIDDEN}
    return can_write(user) and post.author_id == user.pk and post.state in editable


def can_withdraw_post(user: AnyUser, post: Post) -> bool:
    """Allow authors to withdraw waiting posts. Suspended members may too, since this adds nothing to the forum."""
    return user.is_authenticated and post.author_id == user.pk and post.state == Post.State.WAITING


def can_delete_post(user: AnyUser, post: Post) -> bool:
    return user.is_authenticated and post.author_id == user.pk and post.state == Post.State.PUBLISHED


def can_change_question(question: VisitorQuestion) -> bool:
    """Allow whoever has the code to change a question until a clinician has published or refused it."""
    return question.post.state == Post.State.WAITING


def can_claim_question(user: AnyUser, question: VisitorQuestion) -> bool:
    """Allow members who have the code and are no part of how moderators dealt with it, while no one looks into a danger."""
    post = question.post
    in_the_way = (
        ReviewItem.objects.open().filter(member=post.author_id),
        Decision.objects.filter(revision__post=post, by=user.pk),
        ClinicalNote.objects.filter(post=post, by=user.pk),
        HelpCard.objects.filter(person=post.author_id, sent_by=user.pk),
        Post.objects.filter(thread=post.thread_id, author=user.pk),
    )
    return can_write(user) and not any(rows.exists() for rows in in_the_way)


def can_report_post(user: AnyUser, post: Post) -> bool:
    return can_report(user) and post.author_id != user.pk and post.state == Post.State.PUBLISHED


def can_moderate(user: AnyUser) -> TypeGuard[User]:
    return is_moderator(user)


def can_lead_team(user: AnyUser) -> bool:
    """Leads plan shifts for others, close the forum to new posts, and hold debriefs."""
    return is_lead(user)


def can_plan_shift(user: AnyUser, moderator: User) -> bool:
    """Allow moderators to plan their own shifts, and the lead those of any moderator."""
    own = user.pk == moderator.pk and can_moderate(user)
    return own or (can_lead_team(user) and can_moderate(moderator))


def can_close_debrief(user: AnyUser, note: PrivateNote) -> bool:
    return note.kind == PrivateNote.Kind.DEBRIEF and can_lead_team(user)


def can_edit_triage(user: AnyUser) -> bool:
    """Moderators are responsible for the rules; administrators may fix them."""
    return can_moderate(user) or (user.is_superuser and not user.is_suspended)


def can_decide_triage_proposal(user: AnyUser, proposal: TriageProposal) -> bool:
    """Allow those who may edit triage, except the one who proposed the change. Administrators need a second person too."""
    return can_edit_triage(user) and proposal.by_id != user.pk


def can_withdraw_triage_proposal(user: AnyUser, proposal: TriageProposal) -> bool:
    return can_edit_triage(user) and proposal.by_id == user.pk


def can_decide_revision(user: AnyUser, revision: PostRevision) -> bool:
    """Allow moderators to decide, except on their own posts."""
    return can_moderate(user) and revision.post.author_id != user.pk


def can_quote_post(user: AnyUser, thread: Thread, post: Post) -> bool:
    """Allow quoting published posts of the same thread, unless there is a block between user and author.

    Blocks do not apply to anonymous posts, as in `can_reply`.
    """
    quotable = post.thread_id == thread.pk and post.state == Post.State.PUBLISHED
    return can_write(user) and quotable and (post.alias is not None or not are_blocked(user, post.author))


def can_mention_member(user: AnyUser, member: User, *, alias: int | None = None) -> bool:
    """Allow mentions of active members, unless there is a block between the two.

    Blocks do not apply if the user writes under an alias: a mention that is not linked would reveal who wrote it.
    """
    active = member.state == User.State.ACTIVE
    return can_write(user) and active and (alias is not None or not are_blocked(user, member))


def can_react_to_post(user: AnyUser, post: Post, kind: str) -> bool:
    """Allow reactions to others' published posts, unless there is a block between user and author.

    Blocks do not apply to anonymous posts: a refusal would reveal their author. “This answered me” is for the thread's author.
    """
    if kind == Reaction.Kind.ANSWERED and post.thread.author_id != user.pk:
        return False
    readable = post.author_id != user.pk and post.state == Post.State.PUBLISHED
    return can_write(user) and readable and (post.alias is not None or not are_blocked(user, post.author))


def can_block_author(user: AnyUser, post: Post) -> bool:
    """Allow muting and blocking the author of a post under their own name, whether or not their profile is public."""
    return post.alias is None and can_block(user, post.author)


def can_report_member(user: AnyUser, member: User) -> bool:
    return can_report(user) and member.pk != user.pk and member.state == User.State.ACTIVE


def can_decide_report(user: AnyUser, report: Report) -> bool:
    """Allow moderators to decide reports that are not about them, unless they reported the same post or member."""
    if not can_moderate(user):
        return False
    about = report.post.author_id if report.post else report.member_id
    return about != user.pk and not Report.objects.on_same_subject(report).open().filter(by=user).exists()


def can_moderate_post(user: AnyUser, post: Post) -> TypeGuard[User]:
    """Allow moderators to act on others' posts that have been published."""
    return can_moderate(user) and post.author_id != user.pk and post.position is not None


def can_withdraw_note(user: AnyUser, note: ClinicalNote) -> bool:
    """Allow moderators to withdraw notes, including their own, except on their own posts."""
    return can_moderate(user) and note.post.author_id != user.pk


def can_decide_item(user: AnyUser, item: ReviewItem) -> bool:
    """Allow moderators to decide items that they are not involved in by a post, report or decision."""
    return can_moderate(user) and is_independent(user, item)


def is_independent(moderator: User, item: ReviewItem) -> bool:
    """Whether the moderator is not involved in the item. One query."""
    return bool(INDEPENDENT(item.pk, moderator.pk))


def independent(item: int, moderator: int) -> QuerySet[ReviewItem]:
    return ReviewItem.objects.filter(pk=item).for_moderator(User(pk=moderator)).only("pk")


INDEPENDENT = KeptQuery(independent, int, int)


def can_send_message(user: AnyUser, item: ReviewItem) -> bool:
    """Allow moderators who may decide the item to write to the author of its post, while the author has an account."""
    has_reader = item.post is not None and item.post.author.state not in User.SIGNATURES
    return has_reader and can_decide_item(user, item)


def can_complete_second_review(user: AnyUser, review: SecondReview) -> bool:
    """Allow moderators who neither wrote the post, nor made the first decision, nor reported the post."""
    return can_moderate(user) and SecondReview.objects.filter(pk=review.pk).open_to(user).exists()


def can_undo_action(user: AnyUser, action: PendingAction) -> bool:
    """Allow moderators to undo their own actions. The row says until when."""
    return can_moderate(user) and action.by_id == user.pk


def can_undo_change(user: AnyUser, entry: ItemLogEntry) -> bool:
    """Allow moderators to undo what they did to an item, if they may still decide it. The entry says until when."""
    return entry.by_id == user.pk and can_decide_item(user, entry.item)


def can_send_help_card(user: AnyUser, person: User) -> bool:
    """Allow moderators to send a help card to anyone but themselves."""
    return can_moderate(user) and person.pk != user.pk


def can_undo_help_card(user: AnyUser, card: HelpCard) -> bool:
    """Allow the moderator who sent a help card to undo it. The card says until when."""
    return can_moderate(user) and card.sent_by_id == user.pk


def can_close_help_card(user: AnyUser, card: HelpCard) -> bool:
    """Allow moderators to close a help card, except the person it was sent to."""
    return can_moderate(user) and user.pk != card.person_id


def can_remove_post(user: AnyUser, post: Post) -> bool:
    """Allow moderators to remove published and hidden posts, unless they reported the post."""
    removable = post.state in (Post.State.PUBLISHED, Post.State.HIDDEN)
    return can_moderate_post(user, post) and removable and not post.reports.open().filter(by=user).exists()


def can_restore_post(user: AnyUser, post: Post) -> bool:
    """Allow moderators to restore removed and hidden posts, unless the author was erased and with them the text."""
    restorable = post.state in (Post.State.REMOVED, Post.State.HIDDEN) and post.author.state != User.State.ERASED
    return can_moderate_post(user, post) and restorable


def can_lock_thread(user: AnyUser, thread: Thread) -> bool:
    """Allow moderators to close and open readable threads, except their own."""
    return can_moderate(user) and thread.author_id != user.pk and thread.state in Thread.READABLE


def can_appeal_decision(user: AnyUser, decision: Decision) -> bool:
    """Allow authors to appeal once, even if suspended, while the decision is in effect."""
    post = decision.revision.post
    own = user.is_authenticated and user.is_active and post.author_id == user.pk
    return own and decision_stands(decision) and not Appeal.objects.filter(decision=decision).exists()


def can_ask_about_decision(user: AnyUser, decision: Decision) -> bool:
    """Allow authors to ask once about a decision that refused or redacted their text, and to answer a message once."""
    open_to_it = decision.reason != "" or decision.with_redaction or decision.action == Decision.Action.MESSAGE
    own = user.is_authenticated and user.is_active and decision.revision.post.author_id == user.pk
    return own and open_to_it and not hasattr(decision, "question")


def can_answer_question(user: AnyUser, question: DecisionQuestion) -> bool:
    return can_moderate(user) and question.decision.revision.post.author_id != user.pk


def decision_stands(decision: Decision) -> bool:
    """Whether the decision is still the reason why the text, or part of it, is not shown."""
    revision, post = decision.revision, decision.revision.post
    if revision.decisions.without_messages().filter(pk__gt=decision.pk).exists():
        return False
    if decision.action == Decision.Action.REMOVED:
        return post.state == Post.State.REMOVED
    if decision.with_redaction:
        return post.live_revision_id == revision.pk and post.state == Post.State.PUBLISHED
    refused = {
        Decision.Action.REJECTED: PostRevision.State.REJECTED,
        Decision.Action.CHANGES: PostRevision.State.CHANGES,
    }
    return revision.state == refused.get(Decision.Action(decision.action)) and not post.is_unpublished


def can_answer_appeal(user: AnyUser, appeal: Appeal) -> bool:
    """Allow moderators who neither made the decision, nor wrote the post, nor reported it."""
    decision = appeal.decision
    post = decision.revision.post
    independent = user.pk not in (decision.by_id, post.author_id)
    return can_moderate(user) and independent and not post.reports.filter(by=user).exists()


def can_offer_experience(user: AnyUser, post: Post | None = None) -> TypeGuard[User]:
    """Allow members who may post to tell their experience, made from no post or from a published one of their own."""
    return can_write(user) and (post is None or (post.author_id == user.pk and post.state == Post.State.PUBLISHED))


def can_decide_experience(user: AnyUser, experience: Experience) -> TypeGuard[User]:
    """Allow moderators to decide on what others tell, and to remove it."""
    return can_moderate(user) and experience.author_id != user.pk


def can_trust_member(user: AnyUser, member: User) -> bool:
    """Allow moderators to trust active members, and to end that, but not themselves."""
    return can_moderate(user) and member.pk != user.pk and member.state == User.State.ACTIVE


def can_skip_waiting(user: User, category: Category) -> bool:
    """Whether the member's posts in this category are published before review.

    Only for trusted members, never in clinical categories, and not while a sanction limits the member.
    """
    allowed = category.policy == Category.Policy.REVIEW_AFTER and not category.clinical
    return allowed and user.trusts.in_force().exists() and daily_limit(user) is None
