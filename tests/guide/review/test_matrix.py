"""The comparison as one grid: each changed treatment becomes a proposal."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from zeal import zeal_ignore

from guide.models import Autosave, MatrixRow, Proposal, Treatment
from guide.review.autosaves import GRID
from guide.review.snapshot import snapshot
from guide.review.workflow import approve
from tests.guide.review.conftest import ALL, approved, form_url, row_proposed, save
from tests.guide.review.conftest import typed as typed_rows

AUTOSAVE = reverse("admin:guide_article_autosave-fragment")
pytestmark = pytest.mark.usefixtures("module_guide", "db")


@pytest.fixture
def grid():
    return reverse("admin:guide_matrix")


def typed(page):
    form = page.context["form"]
    return {field.html_name: field.value() or "" for field in form}


@pytest.fixture
def cell():
    return Treatment.objects.first().cells.first()


def place(cell):
    return f"{cell.treatment_id}-{cell.row_id}"


def test_the_grid_has_every_cell(editor, grid):
    html = editor.get(grid).content.decode()
    assert html.count("<textarea") == Treatment.objects.count() * MatrixRow.objects.count()


def test_the_grid_makes_no_query_per_cell(editor, grid):
    with CaptureQueriesContext(connection) as queries:
        editor.get(grid)
    assert len(queries) <= 11


def test_two_changed_columns_make_two_proposals(editor, grid, elif_, dr_okafor, cell):
    other = Treatment.objects.last().cells.last()
    new = {f"short-{place(cell)}": "First", f"short-{place(other)}": "Last", "why": "plainer", "_send": "1"}
    editor.post(grid, typed(editor.get(grid)) | new)
    proposals = Proposal.objects.of_rows()
    assert {(c.object_id, c.state, c.note) for c in proposals} == {
        (cell.treatment_id, "submitted", "plainer"),
        (other.treatment_id, "submitted", "plainer"),
    }
    for proposal in proposals:
        approve(proposal, by=dr_okafor, checked=ALL)
    cell.refresh_from_db()
    other.refresh_from_db()
    assert (cell.short, other.short) == ("First", "Last")


def test_a_cell_can_be_emptied_and_added(editor, grid, elif_, dr_okafor, cell):
    treatment, row = cell.treatment, cell.row
    both = {f"short-{place(cell)}": "", f"detail-{place(cell)}": ""}
    editor.post(grid, typed(editor.get(grid)) | both)
    approved(Proposal.objects.of_rows().get(), elif_, dr_okafor)
    assert not treatment.cells.filter(row=row).exists()
    again = {f"short-{place(cell)}": "Yes", f"detail-{place(cell)}": "It does.[^S1]"}
    editor.post(grid, typed(editor.get(grid)) | again)
    approved(Proposal.objects.first(), elif_, dr_okafor)
    assert treatment.cells.get(row=row).short == "Yes"


def test_errors_are_shown_at_the_cell_and_nothing_is_saved(editor, grid, cell):
    for new, words in [
        ({f"detail-{place(cell)}": "Text.[^S9999]"}, "There is no source S9999"),
        ({f"short-{place(cell)}": ""}, "Fill in both"),
    ]:
        html = editor.post(grid, typed(editor.get(grid)) | new).content.decode()
        assert words in html
    assert not Proposal.objects.of_rows().exists()


def test_the_grid_merges_what_someone_else_saved_meanwhile(editor, grid, cell):
    opened = typed(editor.get(grid))
    save(editor, cell.treatment, name="Renamed")
    answer = editor.post(grid, opened | {f"short-{place(cell)}": "Mine", "why": "plainer"})
    html = answer.content.decode()
    assert (answer.status_code, "Elif saved this while you were writing" in html) == (409, True)
    assert 'value="Mine"' in html
    assert Proposal.objects.of_rows().count() == 1
    editor.post(grid, typed(answer))
    proposal = Proposal.objects.first()
    shorts = [c["short"] for c in proposal.content["cells"]]
    assert (proposal.content["name"], "Mine" in shorts, proposal.note) == ("Renamed", True, "plainer")


def test_a_conflict_in_one_column_keeps_what_was_typed_in_another(editor, grid, cell):
    other = Treatment.objects.last().cells.last()
    opened = typed(editor.get(grid))
    detail = f"detail-{place(cell)}"
    editor.post(grid, typed(editor.get(grid)) | {detail: "Saved.[^S1]"})
    mine = {detail: "Mine.[^S1]", f"short-{place(other)}": "Kept"}
    shown = typed(editor.post(grid, opened | mine))
    assert shown[f"short-{place(other)}"] == "Kept"
    assert [words in shown[detail] for words in ("Mine.[^S1]", "Saved.[^S1]", "=======")] == [True, True, True]
    assert Proposal.objects.of_rows().count() == 1


def test_an_older_cell_that_was_not_touched_is_no_conflict(editor, grid, cell):
    other = Treatment.objects.last().cells.last()
    opened = typed(editor.get(grid))
    editor.post(grid, typed(editor.get(grid)) | {f"short-{place(cell)}": "Saved"})
    editor.post(grid, opened | {f"short-{place(other)}": "Mine"})
    made = Proposal.objects.of_rows()
    assert {(p.object_id, p.state) for p in made} == {(cell.treatment_id, "draft"), (other.treatment_id, "draft")}


def test_an_unchanged_grid_makes_no_proposal(editor, grid):
    editor.post(grid, typed(editor.get(grid)))
    assert not Proposal.objects.of_rows().exists()


def test_the_grid_is_restored_and_saving_it_deletes_the_autosave(editor, grid, cell):
    name = f"short-{place(cell)}"
    new = {name: "Typed"}
    editor.post(AUTOSAVE, typed(editor.get(grid)) | new | {"place": GRID})
    assert editor.get(grid).context["form"][name].value() == "Typed"
    editor.post(grid, typed(editor.get(grid)))
    assert (Autosave.objects.count(), Proposal.objects.of_rows().count()) == (0, 1)


def test_owned_rows_are_restored(editor, cell):
    form = form_url(cell.treatment)
    new = {"cells-0-short": "Typed", "place": f"treatment {cell.treatment_id}"}
    with zeal_ignore():
        editor.post(AUTOSAVE, typed_rows(editor.get(form)) | new)
        assert typed_rows(editor.get(form))["cells-0-short"] == "Typed"


def test_owned_rows_are_merged_by_their_question(editor, ada, cell):
    treatment = cell.treatment
    cells = snapshot(treatment)["cells"]
    theirs = [cells[0] | {"detail": "Ada’s.[^S1]"}, *cells[2:]]  # she removes the second one
    with zeal_ignore():
        hers = typed_rows(editor.get(form_url(treatment)))
        index = {hers[f"cells-{i}-id"]: i for i in range(len(cells))}
        row_proposed(treatment, ada, cells=theirs)
        mine = {f"cells-{index[cells[2]['id']]}-short": "Elif’s"}
        answer = editor.post(form_url(treatment), hers | mine)
    shown = typed_rows(answer)
    found = {shown[f"cells-{i}-id"]: i for i in range(len(cells) - 1)}
    assert (answer.status_code, cells[1]["id"] in found) == (409, False)
    assert shown[f"cells-{found[cells[0]['id']]}-detail"] == "Ada’s.[^S1]"
    assert shown[f"cells-{found[cells[2]['id']]}-short"] == "Elif’s"
