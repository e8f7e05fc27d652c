"""Whom a member names with @, decided when the text is sent; the rows are kept with the revision."""

from collections.abc import Mapping

from django.utils.safestring import SafeString

from accounts.models import Block, NameClaim, User
from accounts.permissions import can_write
from accounts.text.name_rules import skeleton
from forum.models import Mention, Post, PostRevision, Thread
from forum.permissions import can_mention_member
from forum.publishing.mention_html import with_names_of
from forum.text.markdown import names_after_at, render
from forum.text.mention_syntax import names_in

MOST_PLACES = 20  # of one text where somebody may be named
MOST_OFFERED = 6

Members = dict[str, User]


def whom(post: Post, body: str) -> Members:
    """The names after “@” in this text that mean somebody, as they stand there.

    Only who has a post by name in the thread that can be read, under their present name: an old name leads to nobody, and
    nobody is found who takes part as “anonymous member”.
    """
    places = names_after_at(body)[:MOST_PLACES]
    keys = {name: skeleton(name) for names in places for name in names}
    if not keys:
        return {}
    here = Post.objects.by_name_in(post.thread).values("author")
    people = User.objects.filter(names__key__in=keys.values(), pk__in=here).exclude(pk=post.author_id).distinct()
    meant = {skeleton(person.display_name): person for person in people.order_by("pk")}
    named = [next((name for name in names if keys[name] in meant), "") for names in places]
    found = {name: meant[keys[name]] for name in named if name}
    may = {who.pk for who in set(found.values()) if can_mention_member(post.author, who, alias=post.alias)}
    return {name: who for name, who in found.items() if who.pk in may}


def people_to_name(thread: Thread, beginning: str, *, by: User) -> list[User]:
    """Whose name begins so, of those whom `by` could name in this thread; not of those whom they keep away from."""
    if "\x00" in beginning or not can_write(by):
        return []
    here = Post.objects.by_name_in(thread).values("author")
    people = User.objects.filter(pk__in=here, state=User.State.ACTIVE, display_name__istartswith=beginning)
    people = people.exclude(pk=by.pk).exclude(pk__in=Block.objects.hidden_from(by))
    return list(people.order_by("display_name")[:MOST_OFFERED])


def preview(body: str, post: Post) -> SafeString:
    """How a text will look; `post` is not saved yet, or is the one that is edited."""
    members = whom(post, body)
    return with_names_of(render(body, numbers(members)), members.values())


def numbers(members: Members) -> dict[str, int]:
    return {name: person.pk for name, person in members.items()}


def note_mentions(revision: PostRevision, members: Members) -> None:
    rows = {person.pk: Mention(revision=revision, user=person, key=skeleton(name)) for name, person in members.items()}
    Mention.objects.bulk_create(rows.values())


def members_named(body: str, mentions: list[Mention]) -> dict[str, int]:
    """For rendering a text anew: what `whom` found then, from the rows alone; those who were erased since too."""
    if not mentions:
        return {}
    known = {mention.key: mention.user_id for mention in mentions}
    keys = {name: skeleton(name) for names in names_after_at(body)[:MOST_PLACES] for name in names}
    found = {name: known.get(key) or known.get(NameClaim.hashed(key)) for name, key in keys.items()}
    return {name: pk for name, pk in found.items() if pk}


def named_now(body: str, revision: PostRevision) -> str:
    """A text to quote or to edit, with the present names of those whom the revision names: an old one is not spread."""
    mentions = list(revision.mentions.select_related("user"))
    if not mentions:
        return body
    people = {mention.user_id: mention.user for mention in mentions}
    shown = {name: _shown(people[pk]) for name, pk in members_named(revision.body, mentions).items()}
    return _replaced(body, shown)


def _shown(person: User) -> str:
    return str(person) if person.state == User.State.ERASED else f"@{person}"


def _replaced(body: str, shown: Mapping[str, str]) -> str:
    pieces, at = [], 0
    for names in names_in(body):
        meant = next((name for name in names if name.text in shown), None)
        if meant:
            pieces += [body[at : meant.start], shown[meant.text]]
            at = meant.end
    return "".join([*pieces, body[at:]])


def seal_names(user: User) -> None:
    """For somebody who is erased: texts can still be rendered without their name, and no row tells which it was."""
    for key in set(Mention.objects.filter(user=user).values_list("key", flat=True)):
        Mention.objects.filter(user=user, key=key).update(key=NameClaim.hashed(key))
