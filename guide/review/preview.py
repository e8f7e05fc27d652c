"""Preview of a page or a reference row, rendered from its content without writing anything."""

import re
from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import mark_safe

from accounts.text.locations import country_name
from guide.models import (
    HelpLine,
    MatrixCell,
    MatrixRow,
    Question,
    QuestionGroup,
    SideEffect,
    Source,
    Treatment,
    Video,
    VideoTopic,
)
from guide.models.review import ARTICLE
from guide.pages.site_pages import shown
from guide.review.live_preview import assemble_preview, html_of, site_page_html
from guide.review.snapshot import REFERENCE_MODELS, Json, build, prefetched
from guide.text.diff import rendered
from guide.text.markdown import number_citations

DRAWN = {"outcomefigure"}  # marks can't stand in a drawing
Rendered = tuple[str, dict[str, Any]]
# A block as `rendered` writes it.
BLOCK_NAME = re.compile(r"<p>(?:<ins>)?\[\[([a-z-]+(?::[a-z0-9-]+)?)\]\](?:</ins>)?</p>")


def preview(model: str, fields: Json, pk: int | None, before: Json | None = None) -> str:
    """Return a whole HTML page for a frame: the page or row in the readers' stylesheet, its sources numbered and listed.

    The words that differ from `before` are marked, and citations then show their keys.
    """
    if model == ARTICLE:
        return render_to_string("guide/editor/preview_shell.html", {"page": _article(fields, before or {})})
    html = _row_html(model, fields, pk)
    if before and before != fields and model not in DRAWN:
        html = rendered(_row_html(model, before, pk), html)[2]
    html, keys = number_citations(html)
    html = html.replace("<details", "<details open")  # a reviewer reads all of it; row texts contain no such tag
    sources = Source.objects.by_keys(keys)
    return render_to_string("guide/review/preview_page.html", {"html": html, "sources": sources})


def _row_html(model: str, fields: Json, pk: int | None) -> str:
    template, context = VIEWS[model](build(REFERENCE_MODELS[model], fields, pk))
    return render_to_string(template, context)


def _article(after: Json, before: Json) -> str:
    html = {"title": escape, "in_short": html_of, "body": html_of}
    pages = [{name: render(content[name]) for name, render in html.items()} for content in (before, after) if content]
    marked = {name: rendered(pages[0][name], pages[-1][name])[2] for name in html} if before else pages[0]
    body = BLOCK_NAME.sub(r'<div data-part="\1"></div>', marked["body"])
    return assemble_preview(mark_safe(marked["title"]), marked["in_short"], body, after["safety_messages"])  # noqa: S308


def _in_place(rows: Any, row: Any) -> list[Any]:
    """Return the other rows in order, with this row among them."""
    others = [other for other in rows if other.pk != row.pk]
    return sorted([*others, row], key=lambda one: one.position or 0)


def _with_questions(group: QuestionGroup, questions: list[Question]) -> QuestionGroup:
    group._prefetched_objects_cache = {"questions": prefetched(Question, questions)}  # type: ignore[attr-defined]
    return group


def _question(row: Question) -> Rendered:
    group = QuestionGroup.objects.filter(pk=row.group_id).first() or QuestionGroup(pk=0, title="Which group?")
    return "guide/blocks/faq.html", {"groups": [_with_questions(group, [row])]}


def _question_group(row: QuestionGroup) -> Rendered:
    return "guide/blocks/faq.html", {"groups": [_with_questions(row, list(Question.objects.filter(group=row.pk)))]}


def _help_line(row: HelpLine) -> Rendered:
    country = country_name(row.country) or f"{row.country} (no such country)"
    lines = _in_place(HelpLine.objects.filter(country=row.country), row)
    return "guide/blocks/helplines.html", {"countries": [(row.country, country, lines)]}


def _treatment(row: Treatment) -> Rendered:
    questions = MatrixRow.objects.in_bulk()
    cells = {cell.row_id: cell for cell in row.cells.all()}
    grid = [(question, [(row, cells.get(pk))]) for pk, question in questions.items()]
    return "guide/blocks/matrix.html", {"treatments": [row], "shown": [row], "rows": grid}


def _matrix_row(row: MatrixRow) -> Rendered:
    treatments = list(Treatment.objects.all())
    cells = {cell.treatment_id: cell for cell in MatrixCell.objects.filter(row=row.pk)}
    grid = [(row, [(t, cells.get(t.pk)) for t in treatments])]
    return "guide/blocks/matrix.html", {"treatments": treatments, "shown": treatments, "rows": grid}


def _side_effect(row: SideEffect) -> Rendered:
    rows = _in_place(SideEffect.objects.filter(form=row.form), row)
    placebo = any(r.placebo is not None for r in rows)
    return "guide/blocks/side-effects.html", {"rows": rows, "form": row.form, "has_placebo": placebo}


def _video(row: Video) -> Rendered:
    topic = VideoTopic.objects.filter(pk=row.topic_id).first() or VideoTopic(pk=0, title="Which topic?")
    return "guide/blocks/videos.html", {"topics": [(topic, [row] if row.url else [])]}


def _video_topic(row: VideoTopic) -> Rendered:
    return "guide/blocks/videos.html", {"topics": [(row, list(Video.objects.watchable().filter(topic=row.pk)))]}


def _alone(part: str, name: str) -> Callable[[Any], Rendered]:
    return lambda row: (f"guide/blocks/{part}.html", {name: [row]})


VIEWS: dict[str, Callable[[Any], Rendered]] = {
    "question": _question,
    "questiongroup": _question_group,
    "glossaryterm": _alone("glossary", "terms"),
    "helpline": _help_line,
    "treatment": _treatment,
    "matrixrow": _matrix_row,
    "milestone": _alone("timeline", "milestones"),
    "outcomefigure": lambda row: ("guide/blocks/figure.html", {"figure": row}),
    "picture": lambda row: ("guide/blocks/picture.html", {"picture": row}),
    "safetymessage": _alone("safety", "messages"),
    "section": lambda row: ("guide/review/preview_section.html", {"section": row}),
    "sideeffect": _side_effect,
    "sitepage": lambda row: ("components/_site_page.html", {"page": shown(row, render=site_page_html)}),
    "source": _alone("sources", "sources"),
    "story": _alone("stories", "stories"),
    "supportgroup": _alone("groups", "groups"),
    "video": _video,
    "videotopic": _video_topic,
}
