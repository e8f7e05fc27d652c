"""Mentions: resolve “@” and a name to members when the text is sent, and store a row for each."""

from collections.abc import Mapping

import pgtrigger
from django.db.models import Q
from django.utils.safestring import SafeString

from accounts.models import Block, NameClaim, User
from accounts.permissions import can_write
from accounts.text.name_rules import skeleton
from forum.models import Draft, Mention, Post, PostRevision, Thread
from forum.permissions import can_mention_member
from forum.publishing.mention_html import html_with_members
from forum.text.markdown import mention_candidates, render
from forum.text.mention_syntax import names_in

MAX_MENTIONS = 20  # per text
MAX_SUGGESTIONS = 6

Members = dict[str, User]


def mentioned_members(post: Post, body: str) -> Members:
    """Return {name as typed: member} for the names after “@” that mean someone.

    Only members with a readable post in the thread under their own, current name. Whoever takes part as “anonymous member” is
    never found. Authors can't mention themselves, except under an alias: a name that is not linked would be the author's.
    """
    places = mention_candidates(body)[:MAX_MENTIONS]
    keys = {name: skeleton(name) for names in places for name in names}
    if not keys:
        return {}
    here = Post.objects.by_name_in(post.thread).values("author")
    if post.alias is None:
        here = here.exclude(author=post.author_id)
    people = User.objects.filter(names__key__in=keys.values(), pk__in=here).distinct()
    meant = {skeleton(person.display_name): person for person in people.order_by("pk")}
    named = [next((name for name in names if keys[name] in meant), "") for names in places]
    found = {name: meant[keys[name]] for name in named if name}
    allowed = {m.pk for m in set(found.values()) if can_mention_member(post.author, m, alias=post.alias)}
    return {name: member for name, member in found.items() if member.pk in allowed}


def mentionable_members(thread: Thread, prefix: str, *, by: User) -> list[User]:
    """Return members whose name starts with `prefix` and that `by` could mention in this thread, except muted or blocked ones."""
    if "\x00" in prefix or not can_write(by):
        return []
    here = Post.objects.by_name_in(thread).values("author")
    people = User.objects.filter(pk__in=here, state=User.State.ACTIVE, display_name__istartswith=prefix)
    people = people.exclude(pk=by.pk).exclude(pk__in=Block.objects.hidden_from(by))
    return list(people.order_by("display_name")[:MAX_SUGGESTIONS])


def preview(body: str, post: Post) -> SafeString:
    """Render a text as it will look; `post` is unsaved, or the one being edited."""
    members = mentioned_members(post, body)
    return html_with_members(render(body, ids_by_name(members)), members.values())


def ids_by_name(members: Members) -> dict[str, int]:
    return {name: person.pk for name, person in members.items()}


def save_mentions(revision: PostRevision, members: Members) -> None:
    rows = {person.pk: Mention(revision=revision, user=person, key=skeleton(name)) for name, person in members.items()}
    Mention.objects.bulk_create(rows.values())


def stored_member_ids(body: str, mentions: list[Mention]) -> dict[str, int]:
    """Like `mentioned_members`, from the stored rows alone: for rendering a text again. Includes members erased since."""
    if not mentions:
        return {}
    known = {mention.key: mention.user_id for mention in mentions}
    keys = {name: skeleton(name) for names in mention_candidates(body)[:MAX_MENTIONS] for name in names}
    found = {name: known.get(key) or known.get(NameClaim.hashed(key)) for name, key in keys.items()}
    return {name: pk for name, pk in found.items() if pk}


def with_current_names(body: str, revision: PostRevision) -> str:
    """Return a text for quoting or editing with the current names of the members it mentions, so old names don't spread."""
    mentions = list(revision.mentions.select_related("user"))
    if not mentions:
        return body
    people = {mention.user_id: mention.user for mention in mentions}
    shown = {name: _label(people[pk]) for name, pk in stored_member_ids(revision.body, mentions).items()}
    return _replaced(body, shown)


def _label(person: User) -> str:
    return str(person) if person.state == User.State.ERASED else f"@{person}"


def _replaced(body: str, shown: Mapping[str, str]) -> str:
    pieces, at = [], 0
    for names in names_in(body):
        meant = next((name for name in names if name.text in shown), None)
        if meant:
            pieces += [body[at : meant.start], shown[meant.text]]
            at = meant.end
    return "".join([*pieces, body[at:]])


def anonymize_mentions(user: User) -> None:
    """Remove an erased member's names after “@” from others' texts and drafts, which still render as before."""
    keys = set(user.names.values_list("key", flat=True)) | {skeleton(user.display_name)}
    at_name = f"@{user.display_name}"
    mentioning = PostRevision.objects.filter(Q(mentions__user=user) | Q(body__icontains=at_name)).distinct()
    for revision in mentioning:
        body, stand_in = _with_stand_in(revision.body, keys)
        with pgtrigger.ignore("forum.PostRevision:text_is_immutable"):
            PostRevision.objects.filter(pk=revision.pk).update(body=body)
        revision.mentions.filter(user=user).update(key=NameClaim.hashed(skeleton(stand_in)))
    for draft in Draft.objects.filter(form_data__body__icontains=at_name):
        draft.form_data["body"] = _with_stand_in(draft.form_data["body"], keys)[0]
        Draft.objects.filter(pk=draft.pk).update(form_data=draft.form_data)


def _with_stand_in(text: str, keys: set[str]) -> tuple[str, str]:
    """Replace names after “@” with as many x, since redactions and triage matches count characters; return the last x too."""
    pieces, at, stand_in = [], 0, ""
    for names in names_in(text):
        meant = next((name for name in names if skeleton(name.text) in keys), None)
        if meant:
            stand_in = "x" * len(meant.text)
            pieces += [text[at : meant.start], "@", stand_in]
            at = meant.end
    return "".join([*pieces, text[at:]]), stand_in
