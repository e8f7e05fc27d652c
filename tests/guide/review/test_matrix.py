"""The comparison as one grid: each changed treatment becomes a proposal."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from guide.models import MatrixRow, Proposal, Treatment
from guide.review.workflow import approve
from tests.guide.review.conftest import ALL, approved, save

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
    assert len(queries) <= 10


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


def test_the_grid_starts_from_a_draft_and_reports_a_newer_one(editor, grid, cell):
    opened = typed(editor.get(grid))
    save(editor, cell.treatment, name="Renamed")
    html = editor.post(grid, opened | {f"short-{place(cell)}": "Mine"}).content.decode()
    assert "Someone else changed" in html
    assert 'value="Mine"' in html
    editor.post(grid, typed(editor.get(grid)) | {f"short-{place(cell)}": "Mine"})
    proposal = Proposal.objects.first()
    shorts = [c["short"] for c in proposal.content["cells"]]
    assert (proposal.content["name"], "Mine" in shorts) == ("Renamed", True)


def test_an_unchanged_grid_makes_no_proposal(editor, grid):
    editor.post(grid, typed(editor.get(grid)))
    assert not Proposal.objects.of_rows().exists()
