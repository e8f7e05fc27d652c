"""Reopen clinical notes and clinicians' answers for review when a guide section that they cite changes."""

import re

from django.conf import settings

from forum.models import CitedChange, ClinicalNote, Post, ReviewItem
from forum.publishing.queue_items import open_answer_item, open_note_item
from forum.text.markdown import links_in_html
from guide.models import Article, ArticleRevision
from guide.text.markdown import plain_text

HEADING = re.compile(r'<h([23])[^>]* id="([^"]+)"[^>]*>')
PAGE = re.compile(rf"(?:{re.escape(settings.SITE_ADDRESS)})?/guide/([-a-zA-Z0-9_]+)/?(?:\?[^#]*)?(?:#(.*))?")


def reopen_items_that_cite(article: Article, before: ArticleRevision, after: ArticleRevision) -> None:
    """Open one review item per note or answer, however often the text changes; it keeps the first text as `before`."""
    notes = ClinicalNote.objects.filter(state=ClinicalNote.State.SHOWN, html__contains=f"/guide/{article.slug}")
    for note in notes.select_related("post__thread__category").select_for_update(no_key=True, of=["self"]):
        changed = _changed(note.html, article, before, after)
        if changed:
            _record_changes(open_note_item(note), article, changed)
    answers = Post.objects.filter(state=Post.State.PUBLISHED, cited__article=article).exclude(written_as_clinician="")
    rows = answers.select_related("thread__category", "live_revision")
    for post in rows.select_for_update(no_key=True, of=["self"]):
        changed = _changed(post.live_revision.html if post.live_revision else "", article, before, after)
        if changed:
            _record_changes(open_answer_item(post), article, changed)


def _changed(
    html: str, article: Article, before: ArticleRevision, after: ArticleRevision
) -> dict[str, tuple[str, str]]:
    """Return {anchor: (old text, new text)} for each section of the article that `html` cites and that changed."""
    cited = (PAGE.fullmatch(address) for address in links_in_html(html))
    anchors = {match[2] or "" for match in cited if match and match[1] == article.slug}
    texts = {anchor: (section_text(before, anchor), section_text(after, anchor)) for anchor in anchors}
    return {anchor: pair for anchor, pair in texts.items() if pair[0] != pair[1]}


def section_text(revision: ArticleRevision, anchor: str) -> str:
    """Return the text from the heading with this anchor to the next of its level; the whole page without an anchor."""
    if not anchor:
        return "\n\n".join([revision.title, revision.summary, revision.in_short, revision.body])
    html = revision.body_html
    headings = list(HEADING.finditer(html))
    for at, heading in enumerate(headings):
        if heading[2] == anchor:
            ends = (h.start() for h in headings[at + 1 :] if h[1] <= heading[1])
            return plain_text(html[heading.start() : next(ends, len(html))])
    return ""


def _record_changes(item: ReviewItem, article: Article, changed: dict[str, tuple[str, str]]) -> None:
    for anchor, (old, new) in changed.items():
        row, made = CitedChange.objects.get_or_create(
            item=item, article=article, anchor=anchor[:200], defaults={"before": old, "after": new}
        )
        if not made:
            row.after = new
            row.save(update_fields=["after"])
