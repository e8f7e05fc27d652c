"""Who hears of what happens in the forum, and in which words. No sentence holds a member's words."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.models import Block, Delivery, Notification, User
from accounts.notifications.inbox import News, notify, notify_each, take_back
from accounts.notifications.kinds import Kind
from accounts.roles import VERIFIERS
from forum.models import (
    Appeal,
    ClinicalNote,
    Decision,
    DecisionQuestion,
    Duty,
    Mention,
    Post,
    PostRevision,
    PrivateNote,
    Report,
    ReviewItem,
    Thread,
)
from forum.notifications.recipients import audience
from forum.permissions import can_decide_revision

SEEN = "forum.notifications.kinds.post_can_be_seen"
MINE = Kind(
    "my-post", "A moderator decided on a post of mine", "something that you sent", Delivery.AT_ONCE, must_tell=True
)
MENTION = Kind("mention", "Somebody mentioned me with @", "a mention of you", Delivery.AT_ONCE, still_visible=SEEN)
QUOTE = Kind("quote", "Somebody quoted my post", "an answer to you", Delivery.AT_ONCE, still_visible=SEEN)
ANSWER = Kind("answer", "A clinician answered in my conversation", "an answer", Delivery.AT_ONCE, still_visible=SEEN)
REPLY = Kind("reply", "Somebody replied in my conversation", "a reply", Delivery.AT_ONCE, still_visible=SEEN)
RED = Kind(
    "red",
    "Something urgent waits while I am on duty (moderators)",
    "something urgent to look at",
    Delivery.AT_ONCE,
    still_visible="forum.notifications.kinds.still_waits",
)
THREAD = Kind(
    "thread",
    "There is a new post in a conversation that I follow",
    "what you follow",
    Delivery.DAILY,
    still_visible=SEEN,
)
ROOM = Kind(
    "room", "A new conversation began in a room that I follow", "what you follow", Delivery.DAILY, still_visible=SEEN
)
ALARM = Kind(
    "alarm",
    "Something urgent waits too long for me as a moderator",
    "something urgent that waits",
    Delivery.AT_ONCE,
    must_tell=True,
    still_visible="forum.notifications.kinds.item_still_waits",
)
REPORT = Kind("report", "A moderator looked into what I reported", "a report of yours", Delivery.AT_ONCE)
DESK = Kind("desk", "Something waits for me as staff", "a matter that waits", Delivery.AT_ONCE)
CARD = Kind(
    "help-card", "A clinician sent me help lines", "a message", Delivery.AT_ONCE, must_tell=True, own_mail=True
)
KINDS = [CARD, MINE, MENTION, QUOTE, ANSWER, REPLY, THREAD, ROOM, REPORT, DESK, RED, ALARM]

NAMED = (MENTION.key, "Somebody mentioned you in a post.")
REPLIED = (REPLY, "Somebody replied to your thread.")
FOLLOWED = (THREAD, "There is a new post in a thread that you follow.")


def tell_published(post: Post, *, first: bool, with_note: bool = False, covered: bool = False) -> None:
    """The author hears that readers can see it now; others of a new post, and of an edit whom it names for the first time."""
    words = "Your post was published" if first else "Your edit was published"
    words += " with a clinician’s note beside it" * with_note + ". A moderator covered part of it" * covered + "."
    notify(post.author, MINE.key, words, post_url(post), post.pk)
    if first:
        tell_others(post)
    elif post.live_revision and post.live_revision.mentions.exists():
        notify_each([News(*NAMED, audience(post).mentioned)], post_url(post), post.pk)
    Mention.objects.filter(revision=post.live_revision_id, told=False).update(told=True)


def tell_others(post: Post) -> None:
    """Each person once, by the most personal kind. No sentence says who wrote it, so the anonymous stay so."""
    people = audience(post)
    asker = (ANSWER, "A clinician answered in your thread.") if post.written_as_clinician else REPLIED
    follower = (ROOM, "There is a new thread in a category that you follow.") if post.position == 1 else FOLLOWED
    news = [
        News(*NAMED, people.mentioned),
        News(QUOTE.key, "Somebody quoted your post.", people.quoted),
        News(asker[0].key, asker[1], people.asker),
        News(follower[0].key, follower[1], people.followers),
    ]
    notify_each(news, post_url(post), post.pk)


def tell_decision(decision: Decision) -> None:
    post = decision.revision.post
    words = {
        Decision.Action.CHANGES: "A moderator asks you to change something in your post.",
        Decision.Action.REJECTED: "A moderator decided not to publish your post.",
        Decision.Action.REMOVED: "A moderator removed your post.",
        Decision.Action.RESTORED: "Your post can be read again.",
        Decision.Action.HIDDEN: "A moderator is looking into your post; until then others cannot read it.",
    }[Decision.Action(decision.action)]
    notify(post.author, MINE.key, words, reverse("forum:my-post", args=[post.pk]), post.pk)


def untell(decision: Decision) -> None:
    """Of a decision that was undone nobody hears who has not heard yet."""
    kinds = [kind.key for kind in (MINE, MENTION, QUOTE, ANSWER, REPLY, THREAD, ROOM)]
    take_back(kinds, decision.revision.post_id, decision.decided_at)


def tell_noted(note: ClinicalNote) -> None:
    """Of a note beside what was public already. One that comes with the approval is told with that."""
    words = "A clinician wrote a note beside your post."
    notify(note.post.author, MINE.key, words, post_url(note.post), note.post_id)


def tell_red(revision: PostRevision) -> None:
    """Whoever is on duty now hears of it once; never the author, and nobody twice for two shifts that overlap."""
    on_duty = Duty.objects.now().exclude(moderator=revision.post.author_id).select_related("moderator")
    for moderator in {duty.moderator for duty in on_duty}:
        if can_decide_revision(moderator, revision):
            url = reverse("forum:review", args=[revision.pk])
            notify(moderator, RED.key, "A post that may be urgent waits for a moderator.", url, revision.pk)


def still_waits(notification: Notification) -> bool:
    return PostRevision.objects.filter(pk=notification.subject_id or 0, state=PostRevision.State.WAITING).exists()


def tell_alarm(item: ReviewItem, to: User) -> None:
    """An alarm's letter is written at once, whatever hour is quiet. Who chose to be told on the site only gets none."""
    url = reverse("forum:review-item", args=[item.pk])
    told = notify(to, ALARM.key, "Something urgent has waited too long for a moderator.", url, item.pk)
    if told and told.mail_due_at:
        told.mail_due_at = timezone.now()
        told.save(update_fields=["mail_due_at"])


def item_still_waits(notification: Notification) -> bool:
    return ReviewItem.objects.open().filter(pk=notification.subject_id or 0).exists()


def tell_read_only(moderators: list[int]) -> None:
    words = "Members can send no new posts, as nobody has been on duty. It ends when one of you comes on duty."
    notify_each([News(DESK.key, words, moderators)], reverse("forum:duty"))


def tell_wish_to_talk(note: PrivateNote, to: User) -> None:
    notify(to, DESK.key, "A colleague would like to talk with you.", reverse("forum:duty"), note.pk)


def tell_reporter(report: Report) -> None:
    """Who reported it hears in one sentence what became of it. Who was reported never hears who did."""
    acted = report.state == Report.State.ACTED
    if report.post:
        done = "A moderator removed the post." if acted else "A moderator read the post again and left it as it is."
        url = post_url(report.post)
    else:
        done = "Staff will look at the member." if acted else "A moderator looked into it and saw no need to act."
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
    notify(post.author, MINE.key, "A moderator answered your question about a decision.", url, post.pk)


def tell_escalated(item: ReviewItem, to: User) -> None:
    url = reverse("forum:review-item", args=[item.pk])
    notify(to, DESK.key, "A colleague asks you to look at something in the queue.", url, item.pk)


def tell_taken_over(item: ReviewItem, from_whom: User) -> None:
    url = reverse("forum:review-item", args=[item.pk])
    notify(from_whom, DESK.key, "A colleague took over an item that you had open.", url, item.pk)


def tell_moved(thread: Thread, done: str) -> None:
    notify(thread.author, MINE.key, f"A moderator {done}.", thread.get_absolute_url(), None)


def tell_locked(thread: Thread) -> None:
    done = "closed your thread to new posts" if thread.state == Thread.State.LOCKED else "opened your thread again"
    notify(thread.author, MINE.key, f"A moderator {done}.", thread.get_absolute_url(), None)


def tell_staff_of_member(member: User) -> None:
    """Those who may warn, limit or suspend are asked to look at somebody."""
    url = reverse("admin:accounts_user_change", args=[member.pk])
    for person in User.objects.filter(groups__name=VERIFIERS, is_active=True).exclude(pk=member.pk):
        notify(person, DESK.key, "A moderator asks you to look at a member after a report.", url, member.pk)


def post_url(post: Post) -> str:
    return reverse("forum:post", args=[post.pk])


def post_can_be_seen(notification: Notification) -> bool:
    """Asked when the mail is written: the post stands, its thread too, and nobody has put a block between the two since."""
    apart = Block.objects.hidden_from(notification.recipient_id)
    there = Post.objects.filter(pk=notification.subject_id or 0, state=Post.State.PUBLISHED)
    by_name = Q(alias__isnull=True)  # under an alias nobody is silent: see audience()
    return there.filter(thread__state__in=Thread.READABLE).exclude(by_name, author__in=apart).exists()
