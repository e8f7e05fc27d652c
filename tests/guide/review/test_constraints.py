"""Rows that the guide needs cannot be removed, and invalid rows cannot be published."""

import pytest
from zeal import zeal_ignore

from guide.models import HelpLine, MatrixRow, OutcomeFigure, Question, QuestionGroup, SafetyMessage, Source
from guide.review.drafts import RowDraft, save_row_draft
from guide.review.exceptions import InvalidProposal
from guide.review.snapshot import snapshot
from tests.guide.review.conftest import approved, row_proposed, url

pytestmark = pytest.mark.usefixtures("module_guide", "db")


@pytest.mark.parametrize(
    ("model", "which", "why"),
    [
        (OutcomeFigure, {}, "needs it"),
        (SafetyMessage, {}, "never remove it"),
        (QuestionGroup, {}, "that belong to it"),
        (Source, {"key": "S1"}, "cited in"),
    ],
)
def test_a_row_that_others_need_cannot_be_removed(model, which, why, elif_, dr_okafor):
    row = model.objects.filter(**which).first()
    with pytest.raises(InvalidProposal, match=why):
        proposal = save_row_draft(RowDraft(row._meta.model_name, row.pk, {}, "x", removes=True), by=elif_)
        approved(proposal, elif_, dr_okafor)
    assert model.objects.filter(pk=row.pk).exists()


def test_an_invalid_row_cannot_be_published(elif_, dr_okafor):
    new = snapshot(Question.objects.first()) | {"slug": "twice"}
    first, second = (save_row_draft(RowDraft("question", None, new, "x"), by=elif_) for _ in range(2))
    approved(first, elif_, dr_okafor)
    with pytest.raises(InvalidProposal):
        approved(second, elif_, dr_okafor)
    assert Question.objects.filter(slug="twice").count() == 1
    lost = row_proposed(HelpLine.objects.first(), elif_, sources=["S9999"])
    with pytest.raises(InvalidProposal, match="no source S9999"):
        approved(lost, elif_, dr_okafor)


def test_a_new_question_of_the_comparison_is_shown_with_empty_cells(elif_, dr_okafor, editor):
    content = {"key": "new", "question": "New?", "position": 90}
    proposal = save_row_draft(RowDraft("matrixrow", None, content, "New?"), by=elif_)
    with zeal_ignore():
        assert editor.get(url("review", proposal)).status_code == 200
    approved(proposal, elif_, dr_okafor)
    assert MatrixRow.objects.filter(key="new").exists()
