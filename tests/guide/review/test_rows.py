"""Every reference table, from the editor's form through review to publication."""

import re

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from zeal import zeal_ignore

from guide.models import (
    MatrixCell,
    MatrixRow,
    OutcomeArm,
    OutcomeFigure,
    Proposal,
    Question,
    SafetyMessage,
    SearchEntry,
    Story,
    Treatment,
)
from guide.review.drafts import RowDraft, save_row_draft
from guide.review.snapshot import REFERENCE_MODELS, name_of, snapshot, store
from tests.guide.review.conftest import approval, approved, form_url, guarded, save, typed, url

pytestmark = pytest.mark.usefixtures("module_guide", "library")

EDITS = {
    "glossaryterm": {"definition": "Another definition.[^S1]", "aliases": "one,two"},
    "helpline": {"phone": "0800 111 222", "position": "7"},
    "matrixrow": {"question": "What is it like?", "position": "3"},
    "milestone": {"title": "Another title", "sort": "2001-02-03"},
    "outcomefigure": {"finding": "Another finding.", "arms-0-count": "33"},
    "picture": {"caption": "Another caption.[^S1]"},
    "question": {"answer": "Another answer.[^S1]", "position": "9"},
    "questiongroup": {"title": "Another title"},
    "safetymessage": {"text": "Another text.[^S1]"},
    "section": {"summary": "Another summary"},
    "sideeffect": {"percent": "12.5", "placebo": ""},
    "sitepage": {"title": "Another title", "body": "{site-name} is small."},
    "source": {"title": "Another title", "verify": "on"},
    "story": {"text": "Another text.[^S1]", "safety_messages": []},
    "supportgroup": {"description": "Another description.[^S1]"},
    "treatment": {"name": "Another name", "cells-0-short": "Another answer", "cells-1-DELETE": "on"},
    "video": {"title": "Another title", "warning": "Take care.[^S1]"},
    "videotopic": {"good_video": "Another one.[^S1]"},
}


def stripped(value):
    if isinstance(value, dict):
        return {k: stripped(v) for k, v in value.items()}
    return (
        [stripped(v) for v in value] if isinstance(value, list) else value.strip() if isinstance(value, str) else value
    )


def direct(row, edits):
    """Make the same edit directly, as the stock admin would."""
    from django.contrib import admin
    from django.forms import modelform_factory

    fields = [name for name in edits if "-" not in name]
    form = modelform_factory(type(row), fields=fields)({n: edits[n] for n in fields}, instance=row)
    form.save()
    parts = (
        list(getattr(row, {"treatment": "cells", "outcomefigure": "arms"}[name_of(row)]).all())
        if any("-" in n for n in edits)
        else []
    )
    for name, value in edits.items():
        if "-" in name:
            _, at, field = name.split("-")
            part = parts[int(at)]
            part.delete() if field == "DELETE" else setattr(part, field, value) or part.save()
    assert admin.site.is_registered(type(row))
    row.refresh_from_db()
    return snapshot(row)


def test_every_reference_table_is_edited_through_review():
    assert set(EDITS) == set(REFERENCE_MODELS)


@pytest.fixture
def stale_index(monkeypatch):
    """Don't rebuild the search index on publication, which takes longer than everything else."""
    monkeypatch.setattr("guide.search.index.rebuild_index", lambda: 0)


def refused(change):
    with pytest.raises(DatabaseError, match="as it was last published"), transaction.atomic():
        change()


@pytest.mark.parametrize("model", [*REFERENCE_MODELS.values(), MatrixCell, OutcomeArm], ids=name_of)
def test_the_database_refuses_direct_changes_of_every_row(model):
    rows, field = model._default_manager.all(), next(f for f in model._meta.concrete_fields if f.name in WORDS)
    new = rows.first()
    new.pk = None
    with guarded():
        refused(lambda: rows.filter(pk=rows.first().pk).update(**{field.name: "x"}))
        refused(lambda: rows.filter(pk=rows.last().pk)._raw_delete("default"))
        refused(lambda: new.save(force_insert=True))


WORDS = ["title", "name", "term", "question", "label", "short", "answer"]


@pytest.mark.parametrize("removed", [False, True])
def test_the_database_accepts_a_removal_with_its_parts_only_by_a_proposal(removed, stale_index, elif_, dr_okafor):
    question = MatrixRow.objects.first()
    cells = MatrixCell.objects.filter(row=question).count()
    with guarded():
        if removed:
            draft = RowDraft("matrixrow", question.pk, {}, "x", removes=True)
            approved(save_row_draft(draft, by=elif_), elif_, dr_okafor)
        else:
            refused(question.delete)
    left = MatrixCell.objects.filter(row=question.pk).count()
    assert (cells > 0, left) == (True, 0 if removed else cells)


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_through_review_equals_a_direct_edit(name, stale_index, editor, elif_, dr_okafor):
    row = REFERENCE_MODELS[name]._default_manager.first()
    before = snapshot(row)
    _, proposal = save(editor, row, **EDITS[name])
    assert snapshot(REFERENCE_MODELS[name]._default_manager.get(pk=row.pk)) == before  # readers see no change yet
    with guarded():
        approved(proposal, elif_, dr_okafor)
    through = snapshot(REFERENCE_MODELS[name]._default_manager.get(pk=row.pk))
    store(row, before)  # back, and then directly
    if "cells" in before:
        before["cells"][1]["id"] = None
        keep = {cell["row"]: cell["id"] for cell in through["cells"]}
        for cell in before["cells"]:
            cell["id"] = keep.get(cell["row"])
        store(row, before)
    assert stripped(through) == stripped(direct(REFERENCE_MODELS[name]._default_manager.get(pk=row.pk), EDITS[name]))
    assert through != before


def test_a_new_question_is_created_on_approval(editor, elif_, dr_okafor):
    add = reverse("admin:guide_question_add")
    group = Question.objects.first().group_id
    new = {"slug": "brand-new", "group": group, "question": "Brand new?", "answer": "Yes.[^S1]", "position": 3}
    editor.post(add, typed(editor.get(add)) | new)
    proposal = Proposal.objects.of_rows().get()
    assert (Question.objects.filter(slug="brand-new").exists(), proposal.object_id) == (False, None)
    approved(proposal, elif_, dr_okafor)
    assert Question.objects.get(slug="brand-new").pk == proposal.object_id
    assert SearchEntry.objects.filter(title="Brand new?").exists()


def test_a_draft_of_a_new_row_can_be_continued(editor, elif_, dr_okafor):
    add = reverse("admin:guide_story_add")
    box = SafetyMessage.objects.first()
    new = {
        "slug": "s-new",
        "name": "Sam",
        "title": "One",
        "text": "T.[^S1]",
        "position": 3,
        "safety_messages": [box.pk],
    }
    editor.post(add, typed(editor.get(add)) | new)
    first = Proposal.objects.of_rows().get()
    again = f"{add}?proposal={first.pk}"
    editor.post(again, typed(editor.get(again)) | {"title": "Two"})
    second = Proposal.objects.get(replaces=first)
    first.refresh_from_db()
    assert first.state == "superseded"
    approved(second, elif_, dr_okafor)
    made = Story.objects.get(slug="s-new")
    assert (made.title, list(made.safety_messages.all())) == ("Two", [box])


def test_a_new_figure_is_created_with_its_arms(editor, elif_, dr_okafor):
    add = reverse("admin:guide_outcomefigure_add")
    new = {"slug": "f", "title": "T", "finding": "F", "measure": "M", "population": "P", "out_of": 10, "sources": "S1"}
    arms = {"arms-TOTAL_FORMS": 1, "arms-0-label": "With", "arms-0-count": 4, "arms-0-position": 0}
    editor.post(add, typed(editor.get(add)) | new | arms)
    approved(Proposal.objects.of_rows().get(), elif_, dr_okafor)
    assert [(a.label, a.count) for a in OutcomeFigure.objects.get(slug="f").arms.all()] == [("With", 4)]


def test_a_removal_is_a_proposal(editor, elif_, dr_okafor):
    row = Question.objects.first()
    editor.post(reverse("admin:guide_question_delete", args=[row.pk]), {"post": "yes"})
    proposal = Proposal.objects.of_rows().get()
    assert Question.objects.filter(pk=row.pk).exists()
    with zeal_ignore():
        assert "What is removed" in editor.get(url("review", proposal)).content.decode()
    approved(proposal, elif_, dr_okafor)
    assert not Question.objects.filter(pk=row.pk).exists()
    assert not SearchEntry.objects.filter(title=row.question).exists()


def test_the_whole_workflow_on_the_pages(editor, client, dr_okafor):
    row = Question.objects.first()
    answer, proposal = save(editor, row, answer="A better answer.[^S1]", why="clearer")
    assert answer["Location"] == url("review", proposal)
    page = editor.get(url("review", proposal)).content.decode()
    assert "Send for review" in page
    assert re.search("<ins>[^<]*better", page)
    editor.post(url("submit", proposal))
    client.force_login(dr_okafor)
    assert row.question in client.get(reverse("admin:guide_proposal_changelist")).content.decode()
    assert client.post(url("approve", proposal), approval(proposal, checked=["accurate"])).status_code == 200
    row.refresh_from_db()
    assert row.answer != "A better answer.[^S1]"
    client.post(url("approve", proposal), approval(proposal))
    row.refresh_from_db()
    assert row.answer == "A better answer.[^S1]"
    assert list(proposal.decisions.order_by("pk").values_list("action", flat=True)) == [
        "submitted",
        "approved",
        "published",
    ]


def test_saving_without_a_change_makes_no_proposal(editor):
    answer, proposal = save(editor, Treatment.objects.first())
    assert (answer.status_code, proposal) == (302, None)


def test_an_error_is_shown_at_its_field_and_nothing_is_lost(editor):
    row = Question.objects.first()
    answer, proposal = save(editor, row, answer="Text.[^S9999]", question="Kept?")
    html = answer.content.decode()
    assert proposal is None
    assert "There is no source S9999" in html
    assert "Kept?" in html
    figure = OutcomeFigure.objects.first()
    answer, proposal = save(editor, figure, sources="S1,S9999")
    assert "There is no source S9999" in answer.content.decode()
    treatment = Treatment.objects.first()
    answer, proposal = save(editor, treatment, **{"cells-0-detail": "Text.[^S9999]"})
    assert "There is no source S9999" in answer.content.decode()


def test_lists_have_no_bulk_actions_and_no_editable_fields(editor):
    from django.contrib import admin

    for model in REFERENCE_MODELS.values():
        registered = admin.site._registry[model]
        assert (registered.actions, registered.list_editable) == (None, ())
    question = Question.objects.first()
    data = {"action": "delete_selected", "_selected_action": [question.pk], "post": "yes"}
    editor.post(reverse("admin:guide_question_changelist"), data)
    assert Question.objects.filter(pk=question.pk).exists()


def test_the_key_of_a_row_cannot_change(editor):
    figure = OutcomeFigure.objects.first()
    _, proposal = save(editor, figure, slug="elsewhere", title="Other")
    assert proposal.content["slug"] == figure.slug
    assert form_url(figure)
