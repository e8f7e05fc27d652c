"""Previews and differences of rows, and the cost of the proposals list."""

import re

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from zeal import zeal_ignore

from guide.models import OutcomeFigure, Picture, Proposal, Question, Treatment
from guide.review.diff import content_diff
from guide.review.drafts import RowDraft, save_row_draft
from guide.review.preview import preview
from guide.review.snapshot import OWNED, REFERENCE_MODELS, rebase, snapshot
from guide.review.workflow import submit
from guide.text.diff import MAX_WORDS, diff_fields
from tests.guide.review.conftest import form_url, row_proposed, typed, url

pytestmark = pytest.mark.usefixtures("module_guide", "library")
HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)> [x](javascript:alert(3)) "><svg onload=alert(4)>[^S1]'
TAG = re.compile(r"<(script|img|svg onload|iframe|object|base href)", re.I)


def with_everywhere(model, words):
    """Return the first row with these words in every text of it and of its owned rows."""
    fields = snapshot(model._default_manager.first())
    rows = [(model, fields)] + [
        (model._meta.get_field(OWNED[name]).related_model, part)
        for name in [model._meta.model_name]
        if name in OWNED
        for part in fields[OWNED[name]]
    ]
    for kind, row in rows:
        for field in kind._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField) and not field.choices and field.name in row:
                row[field.name] = words
    return fields


@pytest.mark.parametrize("name", REFERENCE_MODELS)
def test_hostile_text_in_each_field_is_escaped_in_the_preview(name, editor, elif_):
    fields = with_everywhere(REFERENCE_MODELS[name], HOSTILE)
    page = preview(name, fields, REFERENCE_MODELS[name]._default_manager.first().pk)
    body = page[page.index("<main") :]
    assert not TAG.search(body)
    assert not re.search(r"<[^>]*\son[a-z]+\s*=(?=[^>]*>)", re.sub(r'"[^"]*"', '""', body))
    assert 'href="javascript' not in body
    row = REFERENCE_MODELS[name]._default_manager.first()
    proposal = save_row_draft(RowDraft(name, row.pk, fields, HOSTILE), by=elif_)
    with zeal_ignore():
        html = editor.get(url("review", proposal)).content.decode()
    assert "<script>alert" not in html
    assert "<img src=x" not in html


@pytest.mark.parametrize("name", REFERENCE_MODELS)
def test_the_preview_uses_the_readers_templates(name):
    row = REFERENCE_MODELS[name]._default_manager.first()
    page = preview(name, snapshot(row), row.pk)
    field = {"helpline": "name", "milestone": "title", "picture": "alt", "sideeffect": "name", "source": "title"}.get(
        name
    )
    words = getattr(row, field) if field else str(row)
    assert "css/site.css" in page
    assert escape(words) in page


def test_a_new_file_of_a_picture_is_shown_with_its_changed_words():
    row = Picture.objects.get()
    digest = "0" * 32
    fields = snapshot(row) | {"file": f"{digest}-320x200.png", "caption": "Both sides.[^S1]"}
    page = preview("picture", fields, row.pk, snapshot(row))
    assert f'src="/guide/pictures/{digest}/320.png"' in page
    assert "<ins>sides" in page
    assert row.stored.digest not in page


def test_a_preview_writes_nothing():
    row = Treatment.objects.first()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        preview("treatment", snapshot(row) | {"name": "Other"}, row.pk)
    assert all(q["sql"].lstrip().startswith("SELECT") for q in queries)


def test_the_preview_draws_the_numbers_as_typed(editor):
    figure = OutcomeFigure.objects.first()
    data = typed(editor.get(form_url(figure)))
    fragment = reverse("admin:guide_outcomefigure_preview-fragment") + f"?row={figure.pk}"
    html = editor.post(fragment, data | {"arms-0-count": "7", "finding": "As typed"}).content.decode()
    assert html.count("<iframe") == 1
    assert "As typed" in html
    assert f"{data['arms-0-label']}: 7 of {figure.out_of} people" in html
    assert (OutcomeFigure.objects.get(pk=figure.pk).finding, Proposal.objects.of_rows().count()) == (figure.finding, 0)


@pytest.mark.parametrize("name", REFERENCE_MODELS)
def test_an_incomplete_form_can_be_previewed(name, editor):
    empty = editor.post(
        reverse(f"admin:guide_{name}_preview-fragment"),
        {f"{OWNED.get(name, 'x')}-TOTAL_FORMS": 1, f"{OWNED.get(name, 'x')}-INITIAL_FORMS": 0, "arms-0-label": "Half"},
    )
    assert empty.status_code == 200


def test_changed_words_are_marked():
    (field,) = diff_fields([("a", "A", "One two three.", "One 2 three."), ("b", "B", "same", "same")])
    (line,) = field.lines
    assert (line.old, line.new) == ("One <del>two </del>three.", "One <ins>2 </ins>three.")
    assert line.both == "One <del>two </del><ins>2 </ins>three."


def test_a_very_long_line_is_compared_as_a_whole():
    text = "word " * MAX_WORDS * 2
    (field,) = diff_fields([("a", "A", f"{text}\nsame\n", f"{text}x\nsame\n")])
    assert [(str(line.old)[:5], line.new_number) for line in field.lines] == [("<del>", 1), ("same", 2)]


def test_differences_name_fields_cells_and_keys():
    treatment = Treatment.objects.first()
    before = snapshot(treatment)
    cells = [dict(cell) for cell in before["cells"]]
    cells[0]["short"] = "Other"
    found = content_diff(Treatment, before, before | {"cells": cells, "sources": ["S1"], "article": None})
    row = treatment.cells.order_by("pk").first().row
    assert [d.label for d in found] == ["article", "sources", f"{row}: short"]


def test_rebase_keeps_both_sides_parts():
    old = {"a": 1, "b": 1, "cells": [{"id": 1, "x": 1}, {"id": 2, "x": 1}]}
    mine = {"a": 2, "b": 1, "cells": [{"id": 1, "x": 2}, {"id": None, "x": 9}]}
    now = {"a": 1, "b": 3, "cells": [{"id": 1, "x": 1}, {"id": 2, "x": 5}, {"id": 3, "x": 7}]}
    assert rebase(mine, old, now) == {
        "a": 2,
        "b": 3,
        "cells": [{"id": 1, "x": 2}, {"id": 3, "x": 7}, {"id": None, "x": 9}],
    }


@pytest.mark.parametrize("show", ["", "review", "unreviewed", "mine", "sent-back", "scheduled", "all"])
def test_the_list_makes_the_same_number_of_queries_for_one_row_and_three(show, editor, ada):
    costs = []
    for n, row in enumerate(Question.objects.all()[:3]):
        submit(row_proposed(row, ada, position=90), by=ada)
        if n in (0, 2):
            with CaptureQueriesContext(connection) as queries:
                assert editor.get(reverse("admin:guide_proposal_changelist"), {"show": show}).status_code == 200
            costs.append(len(queries))
    assert costs[0] == costs[1]
