"""Two revisions of an article beside each other, for those who review and those who look things up."""

from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from guide.models import ArticleRevision, Remark, RevisionDecision, Source
from guide.text.diff import Gap, inline, near_changes, plain, rendered, rows
from guide.text.markdown import CITATION

PARTS = {"title": "Title", "summary": "Summary", "in_short": "In short", "body": "Text"}


@dataclass(frozen=True)
class Line:
    """One row of the table: the numbers and marked words of both sides, or how many lines were left out."""

    old_number: int | None = None
    new_number: int | None = None
    old: SafeString | str = ""
    new: SafeString | str = ""
    both: SafeString | str = ""
    left_out: int = 0


def compare(old: ArticleRevision | None, new: ArticleRevision) -> dict[str, Any]:
    """For the template: `parts` of the source as (key, name, lines), and the page rendered, old, new and both in one."""
    parts = [(key, name, _lines(getattr(old, key, ""), getattr(new, key))) for key, name in PARTS.items()]
    was, now, both = rendered(_page(old) if old else "", _page(new))
    pages = {"page_old": _safe(was), "page_new": _safe(now), "page_both": _safe(both)}
    return {"old": old, "new": new, "parts": [p for p in parts if p[2]], **pages}


def _safe(html: str) -> SafeString:
    """HTML from stored, sanitized pages or from `plain`, which escapes."""
    return mark_safe(html)  # noqa: S308


def _page(revision: ArticleRevision) -> str:
    """Its stored HTML, sanitised when it was written."""
    return f"{revision.in_short_html}<hr>{revision.body_html}"


def _lines(old: str, new: str) -> list[Line]:
    found = near_changes(rows(old, new))
    if all(isinstance(row, Gap) for row in found):
        return []
    return [
        Line(left_out=row.lines)
        if isinstance(row, Gap)
        else Line(
            row.old_number, row.new_number, _safe(plain(row.old)), _safe(plain(row.new)), _safe(plain(inline(row)))
        )
        for row in found
    ]


def cited_sources(revision: ArticleRevision) -> list[Source]:
    """What its text cites, in the order in which it does."""
    keys = [m[1] for m in CITATION.finditer(revision.in_short + revision.body) if m[1]]
    found = Source.objects.in_bulk(set(keys), field_name="key")
    return [found[key] for key in dict.fromkeys(keys) if key in found]


def story_of(article_id: int) -> list[ArticleRevision]:
    """Every revision, newest first, with who decided what and the remarks: three queries however many there are."""
    revisions = ArticleRevision.objects.filter(article=article_id).select_related("author", "article")
    return list(revisions.prefetch_related("decisions__by", "comments__by").order_by("-number"))


def unreviewed(revision: ArticleRevision) -> bool:
    """Published before anybody else had read it, and still not read."""
    actions = {d.action for d in revision.decisions.all()}
    reviewed = {RevisionDecision.Action.APPROVED, RevisionDecision.Action.SIGNED}
    return RevisionDecision.Action.URGENT in actions and not actions & reviewed


def sent_back(article_id: int | None) -> RevisionDecision | None:
    """Why the newest text of this article came back, if nothing newer was written since."""
    newest = ArticleRevision.objects.filter(article=article_id).order_by("-number").first()
    if newest is None or newest.state != ArticleRevision.State.SENT_BACK:
        return None
    back = newest.decisions.filter(action=RevisionDecision.Action.SENT_BACK).select_related("by", "revision")
    return back.order_by("-decided_at").first()


def open_remarks(revision: ArticleRevision) -> list[Remark]:
    return list(revision.comments.select_related("by"))
