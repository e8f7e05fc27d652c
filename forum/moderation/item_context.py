"""Context of an item's page: earlier posts, changes, the author's record, similar decisions. Bounded to a few rows each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, Func, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Sanction, User
from core.kept_query import KeptQuery
from forum.models import (
    CitedChange,
    Decision,
    Experience,
    FollowUp,
    HelpCard,
    ItemLogEntry,
    Lane,
    Post,
    PostRevision,
    PrivateNote,
    ReviewItem,
    Trust,
)
from forum.moderation.reason_templates import title_of
from forum.text.paragraph_diff import Paragraph, paragraph_changes
from forum.triage.detection import Message
from guide.models import SearchEntry
from guide.search.query import search
from guide.text.diff import Piece, changes

FEW = 5
REFUSING = [Decision.Action.CHANGES, Decision.Action.REJECTED, Decision.Action.REMOVED]


@dataclass(frozen=True)
class AuthorRecord:
    """An author's history in the forum. No e-mail address, and no name but the pseudonym."""

    author: User
    first: bool
    since: datetime
    published: int
    approved: int
    refused: int
    sanctions: list[Sanction]
    trusted: bool
    notes: list[PrivateNote]
    posts: list[PostRevision]
    decisions: list[Decision]


def context_for(item: ReviewItem) -> dict[str, Any]:
    """Template context of an item's page."""
    decision = _decision_asked_about(item)
    context: dict[str, Any] = {"item": item, "decision": decision, "messages_read": _messages(item)}
    context |= _history(item) | _danger_context(item)
    if item.experience:
        context["earlier_versions"] = _earlier_versions(item.experience)
    if item.post is None:
        return context | _context_of_member(item.member)
    found = item.revision or (decision and decision.revision) or item.post.live_revision
    revision = found or item.post.revisions.latest("number")
    versions = _versions(item.post)
    return context | {
        "post": item.post,
        "revision": revision,
        "earlier_posts": _earlier_posts(item.post),
        "change": _change(revision, versions),
        "asked_for": _asked_for(revision, versions),
        "guide_changes": _guide_changes(item),
        "versions": versions,
        "record": _record_of(item.post.author, post=item.post),
        "sections": _sections(revision),
        "similar": _similar(revision),
    }


def _guide_changes(item: ReviewItem) -> list[tuple[CitedChange, list[Piece]]]:
    """The changes in the guide that brought a clinical note or answer back, with the changed words."""
    if item.kind != ReviewItem.Kind.NOTE:
        return []
    found = item.cited_changes.select_related("article__live_revision")
    return [(change, changes(change.before, change.after)) for change in found]


def _danger_context(item: ReviewItem) -> dict[str, Any]:
    """The person, the help cards that they were sent, and the follow-up that the item is about."""
    person = item.post.author if item.post else item.member
    cards = HelpCard.objects.sent().filter(person=person).select_related("sent_by", "closed_by", "alerted")
    planned = FollowUp.objects.filter(item=item).select_related("by", "person")
    follow_up = planned.first() if item.kind == ReviewItem.Kind.FOLLOW_UP else None
    return {"person": person, "cards": list(cards[:FEW]) if person else [], "follow_up": follow_up}


def _decision_asked_about(item: ReviewItem) -> Decision | None:
    """The decision that a question or an appeal is about."""
    asked = item.question or item.appeal
    return asked.decision if asked else None


def _messages(item: ReviewItem) -> list[tuple[str, Message, str]]:
    """What was written to moderators: a title, the row that holds the text, and the name of its field."""
    if item.question:
        title = "The author answers" if item.question.answers_message else "The author asks"
        return [(title, item.question, "text")]
    if item.appeal:
        return [("The author appeals", item.appeal, "text")]
    if item.experience:
        return [("The story", item.experience, "text")]
    texts = [] if item.revision else item.outside_texts.prefetch_related("triage_matches__rule")
    return [(text.get_source_display().capitalize(), text, "text") for text in texts] + _reports(item)


def _reports(item: ReviewItem) -> list[tuple[str, Message, str]]:
    found = item.open_reports().prefetch_related("triage_matches__rule")
    return [("About the author: " * row.about_author + title_of(row.reason), row, "note") for row in found]


def _history(item: ReviewItem) -> dict[str, Any]:
    """The texts that the author has replaced since the item became RED, and what moderators noted and did meanwhile."""
    chain = _replaced_items(item)
    items = [item.pk, *(one.pk for one in chain)]
    of_post = Q(post=item.post_id, item=None, post__isnull=False)
    notes = PrivateNote.objects.filter(Q(item__in=items) | of_post).exclude(kind=PrivateNote.Kind.DEBRIEF)
    return {
        "replaced": [one.revision for one in chain if item.lane == Lane.RED],
        "item_log": ItemLogEntry.objects.filter(item__in=items).select_related("by"),
        "private_notes": notes.select_related("by", "to"),
    }


def _replaced_items(item: ReviewItem) -> list[ReviewItem]:
    """The items of the texts before, the newest first."""
    chain: list[ReviewItem] = []
    before = item.replaces_id
    while before and len(chain) < FEW * 2:
        one = (
            ReviewItem.objects.select_related("revision")
            .prefetch_related("revision__triage_matches__rule")
            .get(pk=before)
        )
        chain.append(one)
        before = one.replaces_id
    return chain


def _context_of_member(member: User | None) -> dict[str, Any]:
    """For an item about a member and no post: their record and what they last wrote in public."""
    if member is None:
        return {}
    posts = Post.objects.filter(author=member, state=Post.State.PUBLISHED).select_related("thread", "live_revision")
    return {"record": _record_of(member), "recent_posts": posts.order_by("-pk")[:FEW]}


def _earlier_versions(experience: Experience) -> list[Experience]:
    """What the author told before, the newest first, with the decisions on it."""
    found = (
        Experience.objects.filter(author=experience.author_id, pk__lt=experience.pk).exclude(text="").order_by("-pk")
    )
    return list(found.prefetch_related("decisions__credential")[:FEW])


def _earlier_posts(post: Post) -> list[Post]:
    """The opening post, the quoted post, and the two posts that were newest when this one was written."""
    return EARLIER_POSTS(post.pk, post.thread_id, post.quoted_id or 0, post.created_at)


def earlier_posts(post: int, thread: int, quoted: int, at: datetime) -> QuerySet[Post]:
    published = Post.objects.filter(thread=thread, state=Post.State.PUBLISHED).exclude(pk=post)
    newest = published.filter(published_at__lte=at).order_by("-position").values("pk")[:2]
    chosen = published.filter(Q(position=1) | Q(pk=quoted) | Q(pk__in=newest))
    return chosen.select_related("author", "live_revision").order_by("position")


EARLIER_POSTS = KeptQuery(earlier_posts, int, int, int, datetime)


def _change(revision: PostRevision, versions: list[PostRevision]) -> list[Paragraph]:
    """Diff against the live text, or if there is none, against the version before."""
    old = revision.post.live_revision if revision.post.live_revision_id != revision.pk else None
    old = old or next((version for version in versions if version.number < revision.number), None)
    return paragraph_changes(_full_text(old), _full_text(revision)) if old else []


def _asked_for(revision: PostRevision, versions: list[PostRevision]) -> Decision | None:
    """The refusal or request for changes that this text answers: the last decision, if it was one on an earlier version."""
    earlier = [d for version in versions if version.number < revision.number for d in version.decisions.all()]
    decided = [decision for decision in earlier if decision.action != Decision.Action.MESSAGE]
    last = max(decided, key=lambda decision: decision.pk, default=None)
    return last if last and last.action in (Decision.Action.CHANGES, Decision.Action.REJECTED) else None


def _full_text(revision: PostRevision) -> str:
    return "\n\n".join(part for part in (revision.title, revision.warning, revision.body) if part)


def _versions(post: Post) -> list[PostRevision]:
    """The last versions of a text, the newest first, with the decisions about them."""
    revisions = post.revisions.order_by("-number").prefetch_related("decisions__credential")
    return list(revisions[: FEW * 2])


def _record_of(author: User, *, post: Post | None = None) -> AuthorRecord:
    """The record of an author, apart from `post`, which the item is about."""
    others = LAST_TEXTS(author.pk, post.pk if post else 0)
    decisions = Decision.objects.filter(revision__post__author=author)
    return AuthorRecord(
        author=author,
        first=post is not None and not others,
        since=author.date_joined,
        sanctions=list(Sanction.objects.filter(user=author).order_by("-pk")[:FEW]),
        notes=list(PrivateNote.objects.filter(member=author).select_related("by").order_by("-pk")[:FEW]),
        posts=others,
        decisions=list(decisions.select_related("revision__post__thread").order_by("-pk")[:FEW]),
        **next(iter(COUNTS(author.pk))),
    )


def counts_of_author(author: int) -> QuerySet[User, Any]:
    """How many of the author's posts are published, how many texts were approved and refused, and whether they are trusted."""
    published = Post.objects.filter(author=OuterRef("pk"), state=Post.State.PUBLISHED)
    decisions = Decision.objects.filter(revision__post__author=OuterRef("pk"))
    return User.objects.filter(pk=author).values(
        published=_count_of(published),
        approved=_count_of(decisions.filter(action=Decision.Action.APPROVED)),
        refused=_count_of(decisions.filter(action__in=REFUSING)),
        trusted=Exists(Trust.objects.in_force().filter(user=OuterRef("pk"))),
    )


COUNTS = KeptQuery(counts_of_author, int)


def _count_of(rows: QuerySet[Any]) -> Subquery:
    return Subquery(rows.order_by().annotate(n=Func("pk", function="count")).values("n"))


def last_texts(author: int, post: int) -> QuerySet[PostRevision]:
    """The newest text of each of the author's last posts, without `post`."""
    newest = PostRevision.objects.filter(post=OuterRef("pk")).order_by("-number").values("pk")[:1]
    posts = Post.objects.filter(author=author).exclude(pk=post).order_by("-pk")
    keys = posts.annotate(newest=Subquery(newest)).values("newest")[:FEW]
    return PostRevision.objects.filter(pk__in=keys).select_related("post__thread").order_by("-pk")


LAST_TEXTS = KeptQuery(last_texts, int, int)


def _sections(revision: PostRevision) -> list[SearchEntry]:
    query = revision.title or revision.post.thread.title or " ".join(revision.body.split()[:8])
    return search(query).places[:FEW]


def _similar(revision: PostRevision) -> list[Decision]:
    """The newest decisions on other texts that matched the same triage rules."""
    rules = [match.rule_id for match in revision.triage_matches.all() if match.rule_id]
    if not rules:
        return []
    same = PostRevision.objects.filter(triage_matches__rule__in=rules).exclude(post=revision.post_id)
    found = Decision.objects.without_messages().filter(revision__in=same).order_by("-pk")
    return list(found.select_related("revision__post__thread")[:FEW])


def explain_conflict(item: ReviewItem) -> str:
    """Tell a moderator why their action came too late. Colleagues are not named, in case an author sees the screen."""
    if item.state == ReviewItem.State.OPEN and item.claimed_by:
        return "Another moderator is working on it. You can take it over on its page."
    last = item.revision and item.revision.decisions.without_messages().select_related("credential").last()
    if last:
        who = last.credential.get_profession_display().lower()
        return f"A colleague ({who}) decided at {timezone.localtime(last.decided_at):%H:%M %Z}: {last.get_action_display()}."
    if item.revision and item.revision.state == PostRevision.State.SUPERSEDED:
        return "The author has sent a newer text, which is in the queue."
    if item.revision and item.revision.state == PostRevision.State.WITHDRAWN:
        return "The author has withdrawn it."
    return "It was closed in the meantime."
