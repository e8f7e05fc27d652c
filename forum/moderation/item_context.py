"""What a moderator needs beside one text to decide on it. Everything is bounded: a few rows of each kind."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from accounts.models import Sanction, User
from forum.models import Decision, FollowUp, HelpCard, Post, PostRevision, PrivateNote, ReviewItem
from guide.models import SearchEntry
from guide.search.index import search
from guide.text.diff import Piece, changes

FEW = 5
REFUSING = [Decision.Action.CHANGES, Decision.Action.REJECTED, Decision.Action.REMOVED]


@dataclass(frozen=True)
class AuthorsRecord:
    """What is known of an author here. No address, no name but the pseudonym."""

    author: User
    first: bool
    since: datetime
    published: int
    approved: int
    refused: int
    sanctions: list[Sanction]
    trusted: bool
    notes: list[PrivateNote]


def around(item: ReviewItem) -> dict[str, Any]:
    """The context of the page of an item about a text."""
    about = {"item": item, **_of_person(item)}
    revision = item.revision or (item.post and item.post.live_revision)
    if item.post is None or revision is None:
        return about
    return about | {
        "post": item.post,
        "revision": revision,
        "before": _before(item.post),
        "change": _change(revision),
        "cited": [(c, changes(c.before, c.after)) for c in item.cited_changes.select_related("article__live_revision")],
        "versions": _versions(item.post),
        "record": _record(item.post),
        "sections": _sections(revision),
        "similar": _similar(revision),
        "private": list(item.private_notes.exclude(kind="debrief").select_related("by", "to")) + _of_post(item),
    }


def _of_person(item: ReviewItem) -> dict[str, Any]:
    """The help cards that this person was sent, the newest first, and the follow-up that the item is about."""
    person = item.post.author_id if item.post else item.member_id
    cards = HelpCard.objects.sent().filter(person=person).select_related("sent_by", "closed_by", "alerted")
    follow_up = FollowUp.objects.filter(item=item).select_related("by", "person").first()
    return {"cards": list(cards[:FEW]) if person else [], "follow_up": follow_up, "person": person and (item.post.author if item.post else item.member)}


def _before(post: Post) -> list[Post]:
    """The opening post, what is answered to, and what stood last when this was written."""
    there = Post.objects.filter(thread=post.thread, state=Post.State.PUBLISHED).exclude(pk=post.pk)
    there = there.select_related("author", "live_revision")
    newest = list(there.filter(published_at__lte=post.created_at).order_by("-position")[:2])
    chosen = [*there.filter(Q(position=1) | Q(pk=post.quoted_id or 0)), *newest]
    return sorted({p.pk: p for p in chosen}.values(), key=lambda p: p.position or 0)


def _change(revision: PostRevision) -> list[Piece]:
    """Against what readers see now, or against the text before: what a clinician asked to be changed."""
    old = revision.post.live_revision if revision.post.live_revision_id != revision.pk else None
    old = old or revision.post.revisions.filter(number=revision.number - 1).first()
    return changes(_whole(old), _whole(revision)) if old else []


def _whole(revision: PostRevision) -> str:
    return "\n\n".join(part for part in (revision.title, revision.warning, revision.body) if part)


def _versions(post: Post) -> list[PostRevision]:
    decided = post.revisions.order_by("-number").prefetch_related("decisions__credential")
    return list(decided[: FEW * 2])


def _record(post: Post) -> AuthorsRecord:
    author = post.author
    posts = Post.objects.filter(author=author)
    said = Decision.objects.filter(revision__post__author=author).aggregate(
        approved=Count("pk", filter=Q(action=Decision.Action.APPROVED)),
        refused=Count("pk", filter=Q(action__in=REFUSING)),
    )
    return AuthorsRecord(
        author=author,
        first=not posts.exclude(pk=post.pk).exists(),
        since=author.date_joined,
        published=posts.filter(state=Post.State.PUBLISHED).count(),
        sanctions=list(Sanction.objects.filter(user=author).order_by("-pk")[:FEW]),
        trusted=author.trusts.in_force().exists(),
        notes=list(PrivateNote.objects.filter(member=author).select_related("by").order_by("-pk")[:FEW]),
        **said,
    )


def _sections(revision: PostRevision) -> list[SearchEntry]:
    words = revision.title or revision.post.thread.title or " ".join(revision.body.split()[:8])
    return search(words).entries[:FEW]


def _similar(revision: PostRevision) -> list[Decision]:
    """The newest decisions on texts in which triage noticed the same."""
    rules = [match.rule_id for match in revision.triage_matches.all() if match.rule_id]
    if not rules:
        return []
    same = PostRevision.objects.filter(triage_matches__rule__in=rules).exclude(post=revision.post_id)
    found = Decision.objects.filter(revision__in=same).order_by("-pk")
    return list(found.select_related("revision__post__thread")[:FEW])


def _of_post(item: ReviewItem) -> list[PrivateNote]:
    return list(PrivateNote.objects.filter(post=item.post_id, item=None).select_related("by", "to")[:FEW])


def what_happened(item: ReviewItem) -> str:
    """Why an act came too late, for who came second: never by name, since authors may look over a shoulder."""
    if item.state == ReviewItem.State.OPEN and item.claimed_by:
        return "Another moderator has it open just now. You can take it over from its page."
    last = item.revision and item.revision.decisions.select_related("credential").last()
    if last:
        who = last.credential.get_profession_display().lower()
        return f"A colleague ({who}) decided at {last.decided_at:%H:%M} UTC: {last.get_action_display()}."
    if item.revision and item.revision.state == PostRevision.State.SUPERSEDED:
        return "The author has sent a newer text, which waits in the queue."
    if item.revision and item.revision.state == PostRevision.State.WITHDRAWN:
        return "The author has withdrawn it."
    return "It was closed meanwhile."
