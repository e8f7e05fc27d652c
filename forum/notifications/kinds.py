"""Forum notifications: who gets which kind, and in which words. No sentence contains a member's text."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Block, Delivery, Notification, User
from accounts.notifications.inbox import Announcement, notify, notify_each
from accounts.notifications.kinds import Kind
from accounts.permissions import can_sanction
from accounts.roles import VERIFIERS
from forum.models import (
    Appeal,
    ClinicalNote,
    Decision,
    DecisionQuestion,
    Duty,
    Mention,
    PendingAction,
    Post,
    PrivateNote,
    Report,
    ReviewItem,
    Thread,
)
from forum.notifications.recipients import audience
from forum.notifications.visitors import mail_about_answer, mail_about_question
from forum.permissions import can_decide_item

SEEN = "forum.notifications.kinds.post_can_be_seen"
MINE = Kind(
    "my-post", "A moderator made a decision about my post", "something you sent", Delivery.AT_ONCE, mandatory=True
)
MENTION = Kind("mention", "Someone mentioned me with @", "a mention of you", Delivery.AT_ONCE, still_visible=SEEN)
QUOTE = Kind("quote", "Someone replied to my post", "a reply to you", Delivery.AT_ONCE, still_visible=SEEN)
ANSWER = Kind("answer", "A clinician answered in my thread", "an answer", Delivery.AT_ONCE, still_visible=SEEN)
REPLY = Kind("reply", "Someone replied in my thread", "a reply", Delivery.AT_ONCE, still_visible=SEEN)
RED = Kind(
    "red",
    "Something urgent is waiting while I am on duty (moderators)",
    "something urgent to review",
    Delivery.AT_ONCE,
    still_visible="forum.notifications.kinds.item_still_waits",
    staff=True,
)
THREAD = Kind(
    "thread",
    "There’s a new post in a thread I follow",
    "something you follow",
    Delivery.DAILY,
    still_visible=SEEN,
)
CATEGORY = Kind(
    "room", "There’s a new thread in a category I follow", "something you follow", Delivery.DAILY, still_visible=SEEN
)
ALARM = Kind(
    "alarm",
    "Something urgent has waited too long for me or a colleague (moderators)",
    "something urgent that is waiting",
    Delivery.AT_ONCE,
    mandatory=True,
    still_visible="forum.notifications.kinds.item_still_waits",
    staff=True,
)
REPORT = Kind("report", "A moderator reviewed my report", "your report", Delivery.AT_ONCE)
STAFF = Kind(
    "desk",
    "Something needs my attention as staff",
    "something that needs your attention",
    Delivery.AT_ONCE,
    staff=True,
)
CARD = Kind(
    "help-card",
    "A clinician sent me help lines",
    "a message",
    Delivery.AT_ONCE,
    mandatory=True,
    own_mail=True,
    detail="forum.notifications.help_cards.inbox_details",
)
ABOUT_POSTS = [MINE, MENTION, QUOTE, ANSWER, REPLY, THREAD, CATEGORY]
ROWS = "forum.notifications.inbox_rows.rows_about_posts"
KINDS = [CARD, *(kind._replace(rows=ROWS) for kind in ABOUT_POSTS), REPORT, STAFF, RED, ALARM]

NAMED = (MENTION.key, "Someone mentioned you in a post.")
REPLIED = (REPLY, "Someone replied to your thread.")
FOLLOWED = (THREAD, "There’s a new post in a thread you follow.")


def tell_published(post: Post, *, first: bool, with_note: bool = False, redacted: bool = False) -> None:
    """Notify the author, and others of a new post; after an edit, only members it mentions for the first time."""
    words = "Your post was published" if first else "Your edit was published"
    words += " with a clinician’s note" * with_note + ". A moderator covered part of it" * redacted + "."
    notify(post.author, MINE.key, words, post_url(post), post.pk)
    if with_note:
        mail_about_question(post, final=True)
    if first:
        tell_others(post)
    elif post.live_revision and post.live_revision.mentions.exists():
        notify_each([Announcement(*NAMED, audience(post).mentioned)], post_url(post), post.pk)
    Mention.objects.filter(revision=post.live_revision_id, notified=False).update(notified=True)


def tell_others(post: Post) -> None:
    """Notify each member once, by the most personal kind. No sentence names the author, so anonymous authors stay anonymous."""
    mail_about_answer(post)
    people = audience(post)
    asker = (ANSWER, "A clinician answered in your thread.") if post.written_as_clinician else REPLIED
    follower = (CATEGORY, "There’s a new thread in a category you follow.") if post.position == 1 else FOLLOWED
    news = [
        Announcement(*NAMED, people.mentioned),
        Announcement(QUOTE.key, "Someone replied to your post.", people.quoted),
        Announcement(asker[0].key, asker[1], people.asker),
        Announcement(follower[0].key, follower[1], people.followers),
    ]
    notify_each(news, post_url(post), post.pk)


def tell_decision(decision: Decision) -> None:
    post = decision.revision.post
    words = {
        Decision.Action.CHANGES: "A moderator asked you to change something in your post.",
        Decision.Action.REJECTED: "A moderator decided not to publish your post.",
        Decision.Action.REMOVED: "A moderator removed your post.",
        Decision.Action.RESTORED: "Your post is back in the forum.",
        Decision.Action.HIDDEN: "A moderator is reviewing your post. Others can’t read it until then.",
    }[Decision.Action(decision.action)]
    notify(post.author, MINE.key, words, reverse("forum:my-post", args=[post.pk]), post.pk)
    if decision.action in (Decision.Action.CHANGES, Decision.Action.REJECTED):
        mail_about_question(post, final=decision.action == Decision.Action.REJECTED)


def tell_message(message: Decision) -> None:
    post = message.revision.post
    words = "A moderator sent you a message about your post."
    notify(post.author, MINE.key, words, reverse("forum:my-post", args=[post.pk]), post.pk)


def tell_noted(note: ClinicalNote) -> None:
    """Notify of a note on a published post. A note added at approval is part of `tell_published`."""
    words = "A clinician added a note to your post."
    notify(note.post.author, MINE.key, words, post_url(note.post), note.post_id)
    mail_about_question(note.post, final=True)


def tell_red(item: ReviewItem, *, by: User | None = None) -> int:
    """Notify each moderator on duty once, even if two of their shifts overlap. Return how many were notified.

    Leave out members that the item is about, and the moderator who has just put it into RED (`by`).
    """
    url = reverse("forum:review-item", args=[item.pk])
    on_duty = {duty.moderator for duty in Duty.objects.now().select_related("moderator")} - {by}
    people = [moderator.pk for moderator in on_duty if moderator and can_decide_item(moderator, item)]
    words = "Something that may be urgent is waiting for a moderator."
    return notify_each([Announcement(RED.key, words, people)], url, item.pk)


def tell_alarm(item: ReviewItem, to: User) -> None:
    """Send an alarm's email at once, ignoring quiet hours, unless the moderator chose on-site notifications only."""
    url = reverse("forum:review-item", args=[item.pk])
    notification = notify(to, ALARM.key, "Something urgent has waited too long for a moderator.", url, item.pk)
    if notification and notification.mail_due_at:
        notification.mail_due_at = timezone.now()
        notification.save(update_fields=["mail_due_at"])


def item_still_waits(notification: Notification) -> bool:
    return ReviewItem.objects.open().filter(pk=notification.subject_id or 0).exists()


def tell_read_only(moderators: list[int]) -> None:
    words = (
        "Members can’t post right now because no moderator has been on duty. This ends when one of you comes on duty."
    )
    notify_each([Announcement(STAFF.key, words, moderators)], reverse("forum:duty"))


def tell_debrief_request(note: PrivateNote, to: User) -> None:
    notify(to, STAFF.key, "A colleague would like to talk with you.", reverse("forum:duty"), note.pk)


def tell_reporter(report: Report) -> None:
    """Tell the reporter the outcome. The reported member never learns who reported them."""
    acted = report.state == Report.State.ACTED
    if report.post and report.about_author and acted and report.post.state != Post.State.REMOVED:
        done = "A moderator left the post as it is. Staff will review its author’s account."
        url = post_url(report.post)
    elif report.post:
        done = "A moderator removed the post." if acted else "A moderator reviewed the post and left it as it is."
        url = post_url(report.post)
    else:
        done = "Staff will review the member’s account." if acted else "A moderator looked into it and took no action."
        url = reverse("forum:index")
    notify(report.by, REPORT.key, f"Thank you for your report. {done}", url, report.pk)


def tell_appeal(appeal: Appeal) -> None:
    overturned = appeal.state == Appeal.State.OVERTURNED
    outcome = "the decision was changed." if overturned else "the decision stands."
    post = appeal.decision.revision.post
    notify(
        post.author, MINE.key, f"Your appeal was answered: {outcome}", reverse("forum:my-post", args=[post.pk]), post.pk
    )


def tell_answered(question: DecisionQuestion) -> None:
    post = question.decision.revision.post
    url = reverse("forum:my-post", args=[post.pk])
    words = "replied to your answer" if question.answers_message else "answered your question about a decision"
    notify(post.author, MINE.key, f"A moderator {words}.", url, post.pk)


def tell_escalated(item: ReviewItem, *colleagues: User) -> None:
    words = "A colleague asked you to review something in the queue."
    people = [person.pk for person in colleagues]
    notify_each([Announcement(STAFF.key, words, people)], reverse("forum:review-item", args=[item.pk]), item.pk)


def tell_taken_over(item: ReviewItem, previous: User) -> None:
    url = reverse("forum:review-item", args=[item.pk])
    notify(previous, STAFF.key, "A colleague took over an item you had open.", url, item.pk)


def tell_not_carried_out(action: PendingAction, url: str) -> None:
    """Tell a moderator that what they did could not take effect."""
    words = "Something you did as a moderator couldn’t be carried out, because it had changed meanwhile."
    notify(action.by, STAFF.key, words, url, action.pk)


def tell_moved(thread: Thread, done: str) -> None:
    notify(thread.author, MINE.key, f"A moderator {done}.", thread.get_absolute_url(), None)


def tell_locked(thread: Thread) -> None:
    done = "closed your thread to new posts" if thread.state == Thread.State.LOCKED else "reopened your thread"
    notify(thread.author, MINE.key, f"A moderator {done}.", thread.get_absolute_url(), None)


def tell_staff_of_member(member: User) -> None:
    """Ask staff who may warn, limit or suspend to review a member."""
    url = reverse("admin:accounts_user_change", args=[member.pk])
    for person in User.objects.filter(groups__name=VERIFIERS, is_active=True).exclude(pk=member.pk):
        if can_sanction(person, member):
            notify(person, STAFF.key, "A moderator asked you to review a member after a report.", url, member.pk)


def post_url(post: Post) -> str:
    return reverse("forum:post", args=[post.pk])


def post_can_be_seen(notification: Notification) -> bool:
    """Return whether post and thread are still readable and no block has come between author and recipient."""
    hidden = Block.objects.hidden_from(notification.recipient_id)
    readable = Post.objects.filter(pk=notification.subject_id or 0, state=Post.State.PUBLISHED)
    by_name = Q(alias__isnull=True)  # posts under an alias always notify: see audience()
    return readable.filter(thread__state__in=Thread.READABLE).exclude(by_name, author__in=hidden).exists()
