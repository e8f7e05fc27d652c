"""The HTML of a post for one reader.

Made here and not by templates: a page shows twenty posts, and their templates took most of its time. Every value is escaped
here, except HTML that our Markdown renderer made.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime

from accounts.models import Profession, User
from forum.models import Post, Reaction, Redaction, Thread
from forum.publishing.mention_html import post_html

UNPUBLISHED = {
    Post.State.DELETED: "This post was deleted by its author.",
    Post.State.HIDDEN: "A moderator is reviewing this post.",
    Post.State.AWAY: "This post isn’t shown.",
    Post.State.REMOVED: "This post was removed by a moderator.",
}
ANSWERED_MARK = "The person who asked says that this answered the question"
NUMBER = 1_234_567_890  # in a URL, before it is replaced


@dataclass(frozen=True)
class Reader:
    """Whoever reads a page, and what they may do there."""

    pk: int | None  # None for visitors
    csrf_token: str = ""
    reply_url: str = ""  # empty if they may not reply
    may_moderate: bool = False


def reader_of(
    request: HttpRequest, thread: Thread | None = None, *, may_reply: bool = False, may_moderate: bool = False
) -> Reader:
    """Return the reader of a page. Visitors get no CSRF token, so that their pages can be cached."""
    if not request.user.is_authenticated:
        return Reader(None)
    reply_url = reverse("forum:reply", args=[thread.pk, thread.slug]) if thread and may_reply else ""
    return Reader(request.user.pk, get_token(request), reply_url, may_moderate)


def post_markup(post: Post, reader: Reader) -> SafeString:
    """Return a post as an <article>. `post` is from `posts_for_reader`, with author, quoted post and live revision.

    An unpublished post shows that something was here, never what.
    """
    clinician = " clinician" if post.written_as_clinician else ""
    return mark_safe(  # noqa: S308  escaped or made by our renderer
        f'<article class="post{clinician}" id="post-{post.position}" aria-labelledby="by-{post.position}">'
        f"{''.join(_inside(post, reader))}</article>"
    )


def _inside(post: Any, reader: Reader) -> Iterator[str]:
    if post.is_unpublished:
        yield f'<p class="soft" id="by-{post.position}">{UNPUBLISHED[post.state]}'
        yield f" {escape(post.removed_for)}</p>" if post.state == Post.State.REMOVED and post.removed_for else "</p>"
    elif post.hidden_by_reader:
        yield f'<details><summary id="by-{post.position}">You’ve muted or blocked this member.</summary>'
        yield f"{body_markup(post)}{_notes(post)}</details>"
    else:
        yield from (_header(post), _quoted(post), body_markup(post), _redacted(post), _notes(post))
        yield f'<div class="post-actions">{reactions_markup(post, reader)}{_actions(post, reader)}</div>'


def _header(post: Post) -> str:
    mark = f'<span class="clinician-mark">Verified {_profession(post)}</span> ' if post.written_as_clinician else ""
    edited = ' <span class="soft">edited</span>' if post.edited_at else ""
    return (
        f'<header><h2 class="post-author" id="by-{post.position}"><strong>{escape(post.byline)}</strong>'
        f'<span class="visually-hidden">, post {post.position}</span></h2> {mark}'
        f'<a class="soft" href="{_url("forum:post", post.pk)}">{_time(post.published_at)}</a>{edited}</header>'
    )


def _time(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return f'<time datetime="{localtime(moment).isoformat()}">{escape(naturaltime(moment))}</time>'


def _profession(post: Post) -> str:
    return escape(str(Profession(post.written_as_clinician).label).lower())


def _quoted(post: Post) -> str:
    quoted = post.quoted
    if quoted is None or quoted.state != Post.State.PUBLISHED or quoted.thread_id != post.thread_id:
        return ""
    name = f"anonymous member {quoted.alias}" if quoted.alias else escape(str(quoted.author))
    link = f'<a href="{_url("forum:post", quoted.pk)}">{name}, post {quoted.position}</a>'
    return f'<p class="soft in-answer">In reply to {link}</p>'


def body_markup(post: Post) -> SafeString:
    """Return the post's text, folded if it has a content warning."""
    words = f'<div class="words">{post_html(post)}</div>'
    warning = post.live_revision.warning if post.live_revision else ""
    folded = f"<details><summary>{escape(warning)}</summary>{words}</details>" if warning else words
    return mark_safe(folded)  # noqa: S308  made by our renderer


def _redacted(post: Any) -> str:
    if not post.redacted_for:
        return ""
    why = " and ".join(str(Redaction.Why(key).label) for key in sorted(post.redacted_for, reverse=True))
    return f'<p class="soft covered">▮▮▮ A moderator hid {escape(why)} in this post to protect people.</p>'


def _notes(post: Any) -> str:
    notes = "".join(
        f'<aside class="clinical-note" aria-label="Clinical note on post {post.position}"><p class="callout-title">'
        f"Clinical note from {escape(note['by'])}, verified {escape(str(Profession(note['written_as']).label).lower())}</p>"
        f"{note['html']}</aside>"
        for note in post.shown_notes
    )
    return f'<div class="clinical-notes">{notes}</div>' if notes else ""


def reactions_markup(post: Any, reader: Reader, *, reopened: bool = False) -> SafeString:
    """Return the reactions that were given, with counts, and a choice of the others. Only who asked can say "This answered me".

    Visitors and the author see counts only, without forms. Buttons keep their ids, so that htmx gives them the focus back.
    `reopened`: whether the choice is open.
    """
    given = {reaction["kind"]: reaction for reaction in post.reaction_counts}
    answered = Reaction.Kind.ANSWERED in given and not post.reader_asked
    inside = f'<span class="soft"><span aria-hidden="true">✓</span> {ANSWERED_MARK}</span> ' if answered else ""
    kinds = [kind for kind in Reaction.Kind if post.reader_asked or kind != Reaction.Kind.ANSWERED]
    if reader.pk is None or reader.pk == post.author_id:
        inside += "".join(
            f'<span class="soft">{kind.label} <span class="count">{given[kind]["n"]}</span></span> '
            for kind in kinds
            if kind in given
        )
    else:
        buttons = {kind: _reaction(post, reader, kind, given.get(kind, {})) for kind in kinds}
        inside += "".join(buttons[kind] for kind in buttons if kind in given)
        inside += _choice(post, [buttons[kind] for kind in buttons if kind not in given], reopened=reopened)
    return mark_safe(f'<div class="reactions" id="reactions-{post.position}">{inside}</div>')  # noqa: S308  numbers and labels


def _choice(post: Post, buttons: list[str], *, reopened: bool) -> str:
    if not buttons:
        return ""
    return (
        f'<details class="post-menu"{" open" if reopened else ""}><summary class="quiet-action">React'
        f'<span class="visually-hidden"> to post {post.position}</span></summary>'
        f'<div class="menu-panel">{"".join(buttons)}</div></details>'
    )


def _reaction(post: Post, reader: Reader, kind: str, given: dict[str, Any]) -> str:
    number = f' <span class="count">{given["n"]}</span>' if given and kind != Reaction.Kind.ANSWERED else ""
    fields = {"kind": kind, "on": "0" if given.get("own") else "1"}
    button = (
        f'<button type="submit" class="button reaction" id="react-{kind}-{post.position}" '
        f'aria-pressed="{_true(given.get("own"))}">{Reaction.Kind(kind).label}{number}'
        f'<span class="visually-hidden">, post {post.position}</span></button>'
    )
    fragment = f'hx-post="{_url("forum:react-fragment", post.pk)}" hx-target="#reactions-{post.position}"'
    return _form(_url("forum:react", post.pk), reader, fields, button, f'{fragment} hx-swap="outerHTML"')


def _actions(post: Post, reader: Reader) -> str:
    """Return "Reply", and a menu with everything else. Visitors can only report, after logging in."""
    if reader.pk is None:
        return _report_link(post)
    hidden = f'<span class="visually-hidden"> to post {post.position}</span>'
    url = f"{reader.reply_url}?answer={post.pk}"
    below = 'hx-target="closest article" hx-select="#write" hx-swap="beforeend"'
    reply = f'<a class="quiet-action" href="{url}" hx-get="{url}" {below}>Reply{hidden}</a>'
    return (
        f'{reply if reader.reply_url else ""}<details class="post-menu"><summary class="quiet-action">'
        f'<span aria-hidden="true">⋯</span><span class="visually-hidden">More for post {post.position}</span></summary>'
        f'<div class="menu-panel">{"".join(_menu(post, reader))}</div></details>'
    )


def _menu(post: Any, reader: Reader) -> Iterator[str]:
    hidden = f'<span class="visually-hidden"> post {post.position}</span>'
    if reader.reply_url:
        yield f'<a href="{reader.reply_url}?quote={post.pk}">Quote{hidden}</a> '
    yield bookmark_markup(post, reader)
    yield f'<a href="{_url("forum:post", post.pk)}" data-copy-link>Link to this post</a> '
    if post.author_id == reader.pk:
        yield f'<a href="{_url("forum:edit-post", post.pk)}">Edit{hidden}</a> '
        yield f'<a href="{_url("forum:my-post", post.pk)}">Review status, or delete</a> '
        yield f'<a href="{reverse("forum:write-experience")}?post={post.pk}">Offer as an experience{hidden}</a>'
        return
    yield _report_link(post)
    if post.alias is None and post.author.state not in User.SIGNATURES:
        yield _form(_url("forum:block-author", post.pk), reader, {}, _block_buttons(escape(str(post.author))))
    if reader.may_moderate:
        yield f'<a href="{_url("forum:moderate-post", post.pk)}">Moderate{hidden}</a>'


def _block_buttons(name: str) -> str:
    return "".join(
        f'<button type="submit" class="plain" name="kind" value="{kind}">{kind.capitalize()} {name}</button> '
        for kind in ("mute", "block")
    )


def bookmark_markup(post: Any, reader: Reader) -> SafeString:
    """Return the button for a bookmark. It keeps its id, so that htmx gives it the focus back."""
    button = (
        f'<button type="submit" class="plain" id="bookmark-{post.position}" aria-pressed="{_true(post.bookmarked)}">'
        f'Bookmark<span class="visually-hidden"> post {post.position}</span></button>'
    )
    fields = {"on": "0" if post.bookmarked else "1"}
    htmx = f'hx-post="{_url("forum:bookmark-fragment", post.pk)}" hx-swap="outerHTML"'
    return mark_safe(_form(_url("forum:bookmark", post.pk), reader, fields, button, htmx))  # noqa: S308  numbers


def _report_link(post: Post) -> str:
    return (
        f'<a class="soft report-link" href="{_url("forum:report-post", post.pk)}" rel="nofollow">Report'
        f'<span class="visually-hidden"> post {post.position}</span></a> '
    )


def _form(url: str, reader: Reader, fields: dict[str, str], buttons: str, htmx: str = "") -> str:
    hidden = _hidden({"csrfmiddlewaretoken": reader.csrf_token, **fields}.items())
    return f'<form method="post" action="{url}" {htmx}>{hidden}{buttons}</form>'


def _hidden(fields: Iterable[tuple[str, str]]) -> str:
    return "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in fields)


def _true(value: object) -> str:
    return "true" if value else "false"


def _url(name: str, pk: int) -> str:
    before, after = _around_number(name)
    return f"{before}{pk}{after}"


@cache
def _around_number(name: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[NUMBER]).partition(str(NUMBER))
    return before, after
