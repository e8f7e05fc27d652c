"""Whom a help card is sent to: the author of an item or a post, or a member."""

from dataclasses import dataclass, field

from django.http import Http404

from accounts.models import User
from forum.models import Post, ReviewItem
from forum.moderation.help_card_forms import KIND_OF_RULE
from forum.permissions import can_decide_item, can_moderate_post, can_send_help_card


@dataclass(frozen=True)
class Subject:
    """`initial` is what the form begins with: the person's country, and the kind that triage suggests."""

    person: User
    about: str
    pk: int
    item: ReviewItem | None = None
    post: Post | None = None
    initial: dict[str, str] = field(default_factory=dict)


def find_subject(user: User, about: str, pk: int) -> Subject:
    """Raise Http404 for what this moderator may not see or send a card about."""
    find = {"item": _of_item, "post": _of_post, "member": _of_member}
    subject = find[about](user, pk) if about in find else None
    if subject is None or not can_send_help_card(user, subject.person):
        raise Http404
    return subject


def _of_item(user: User, pk: int) -> Subject | None:
    items = ReviewItem.objects.select_related("post__author", "post__thread", "member", "revision")
    matches = ("revision__triage_matches__rule", "experience__triage_matches__rule")
    found = items.prefetch_related(*matches).filter(pk=pk).first()
    if found is None or not can_decide_item(user, found):
        return None
    person = found.post.author if found.post else found.member
    return None if person is None else Subject(person, "item", pk, found, found.post, _initial(person, found))


def _of_post(user: User, pk: int) -> Subject | None:
    post = Post.objects.select_related("author", "thread").filter(pk=pk).first()
    if post is None or not can_moderate_post(user, post):
        return None
    return Subject(post.author, "post", pk, None, post, _initial(post.author, None))


def _of_member(user: User, pk: int) -> Subject | None:
    person = User.objects.present().filter(pk=pk).first()
    return None if person is None else Subject(person, "member", pk, initial=_initial(person, None))


def _initial(person: User, item: ReviewItem | None) -> dict[str, str]:
    kind = kind_by_triage(item) if item else None
    return {"country": person.country, **({"kind": kind} if kind else {})}


def kind_by_triage(item: ReviewItem) -> str | None:
    """The kind of card that triage suggests, by the most urgent rule that matched the item's text."""
    text = item.revision or item.experience
    if text is None:
        return None
    matches = sorted(text.triage_matches.all(), key=lambda match: match.lane)
    rules = (match.rule.key for match in matches if match.rule)
    return next((KIND_OF_RULE[key] for key in rules if key in KIND_OF_RULE), None)
