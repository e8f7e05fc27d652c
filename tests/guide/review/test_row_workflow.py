"""The moves of a change: each legal one once, what refuses them, the clock, and two people at one row."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from zeal import zeal_ignore

from core import page_cache
from guide.models import (
    HelpLine,
    MatrixRow,
    OutcomeFigure,
    Question,
    QuestionGroup,
    ReferenceChange,
    SafetyMessage,
    Source,
)
from guide.review.row_snapshot import snapshot
from guide.review.row_workflow import (
    CannotMove,
    Proposal,
    RowChanged,
    StillNeeded,
    apply_due_changes,
    approve_change,
    drop_change,
    propose,
    publish_change_urgently,
    send_back_change,
    submit_change,
    take_back_change,
)
from tests.guide.review.conftest import ALL, approved, form_url, save, typed, url

pytestmark = pytest.mark.usefixtures("guide")


def proposed(row, by, **fields):
    found = snapshot(row) | fields
    return propose(Proposal(row._meta.model_name, row.pk, found, str(row)), by=by)


@pytest.fixture
def draft(question, elif_):
    return proposed(question, elif_, answer="New.[^S1]")


ACTS = {
    "submit": lambda c, e, r: submit_change(c, by=e),
    "take back": lambda c, e, r: take_back_change(c, by=e),
    "drop": lambda c, e, r: drop_change(c, by=e),
    "send back": lambda c, e, r: send_back_change(c, by=r, reason="x"),
    "approve": lambda c, e, r: approve_change(c, by=r, checked=ALL),
    "plan": lambda c, e, r: approve_change(c, by=r, checked=ALL, live_at=timezone.now() + timedelta(days=1)),
    "urgent": lambda c, e, r: publish_change_urgently(c, by=e, reason="x"),
}
PATHS = {
    "draft": [],
    "submitted": ["submit"],
    "sent-back": ["submit", "send back"],
    "approved": ["submit", "approve"],
    "planned": ["submit", "plan"],
    "superseded": ["drop"],
}
LEGAL = {
    "draft": {"submit": "submitted", "drop": "superseded", "urgent": "approved"},
    "submitted": {
        "take back": "draft",
        "send back": "sent-back",
        "approve": "approved",
        "plan": "approved",
        "urgent": "approved",
    },
    "sent-back": {"submit": "submitted", "drop": "superseded", "urgent": "approved"},
    "approved": {},
    "planned": {"take back": "draft", "send back": "sent-back"},
    "superseded": {},
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", PATHS)
def test_each_act_from_each_state(state, act, draft, elif_, dr_okafor):
    for step in PATHS[state]:
        ACTS[step](draft, elif_, dr_okafor)
    draft.refresh_from_db()
    before, decisions = draft.state, draft.decisions.count()
    if act in LEGAL[state]:
        ACTS[act](draft, elif_, dr_okafor)
        draft.refresh_from_db()
        assert (draft.state, draft.decisions.count()) == (LEGAL[state][act], decisions + 1)
    else:
        with pytest.raises(CannotMove):
            ACTS[act](draft, elif_, dr_okafor)
        draft.refresh_from_db()
        assert (draft.state, draft.decisions.count()) == (before, decisions)


def test_a_change_is_final_and_stays(draft):
    for forbidden in (
        lambda: ReferenceChange.objects.update(fields={}),
        lambda: ReferenceChange.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            forbidden()


def test_changed_meanwhile_is_refused_with_the_new_difference(draft, question, client, elif_, dr_okafor):
    submit_change(draft, by=elif_)
    Question.objects.filter(pk=question.pk).update(question="Asked anew?")
    client.force_login(dr_okafor)
    answer = client.post(url("approve", draft), {"checked": ALL})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "What readers see has changed since this change was written." in page
    assert "Changed meanwhile" in page
    assert "anew" in page
    question.refresh_from_db()
    assert (question.answer != "New.[^S1]", draft.decisions.filter(action="approved").exists()) == (True, False)
    with pytest.raises(RowChanged):
        approve_change(draft, by=dr_okafor, checked=ALL)


def test_a_change_written_anew_keeps_what_others_changed_meanwhile(draft, question, editor, elif_, dr_okafor):
    Question.objects.filter(pk=question.pk).update(question="Asked anew?")
    _, second = save(editor, question)
    assert (second.fields["answer"], second.fields["question"]) == ("New.[^S1]", "Asked anew?")
    approved(second, elif_, dr_okafor)
    question.refresh_from_db()
    assert (question.answer, question.question) == ("New.[^S1]", "Asked anew?")


def test_the_second_save_of_two_editors_is_told_and_loses_nothing(question, client, elif_, ada):
    client.force_login(elif_)
    hers = typed(client.get(form_url(question)))
    client.force_login(ada)
    _, first = save(client, question, answer="Ada’s.[^S1]")
    client.force_login(elif_)
    answer = client.post(form_url(question), hers | {"answer": "Elif’s.[^S1]"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Somebody else changed this since you opened it" in html
    assert "<del>Ada</del>" in html
    assert "Elif’s" in html
    assert ReferenceChange.objects.get() == first
    client.post(form_url(question), typed(answer))
    second = ReferenceChange.objects.get(replaces=first)
    assert second.fields["answer"] == "Elif’s.[^S1]"


def test_whoever_reads_next_brings_a_planned_change(draft, elif_, dr_okafor, client):
    submit_change(draft, by=elif_)
    approve_change(draft, by=dr_okafor, checked=ALL, live_at=timezone.now() + timedelta(hours=1))
    ReferenceChange.objects.filter(pk=draft.pk).update(live_at=timezone.now() - timedelta(seconds=1))
    client.get("/guide/faq/")
    assert ReferenceChange.objects.filter(pk=draft.pk, applied_at__isnull=False).exists()


def test_a_planned_change_goes_live_at_its_time(draft, question, elif_, dr_okafor):
    submit_change(draft, by=elif_)
    approve_change(draft, by=dr_okafor, checked=ALL, live_at=timezone.now() + timedelta(hours=1))
    assert apply_due_changes() == 0
    ReferenceChange.objects.filter(pk=draft.pk).update(live_at=timezone.now() - timedelta(seconds=1))
    assert (apply_due_changes(), apply_due_changes()) == (1, 0)
    question.refresh_from_db()
    assert question.answer == "New.[^S1]"
    assert list(draft.decisions.order_by("pk").values_list("action", "by")) == [
        ("submitted", elif_.pk),
        ("approved", dr_okafor.pk),
        ("published", None),
    ]


@pytest.mark.parametrize(("newer", "state"), [(False, "sent-back"), (True, "superseded")])
def test_a_planned_change_of_a_row_that_moved_on_goes_back(newer, state, draft, question, elif_, dr_okafor):
    submit_change(draft, by=elif_)
    approve_change(draft, by=dr_okafor, checked=ALL, live_at=timezone.now() + timedelta(hours=1))
    Question.objects.filter(pk=question.pk).update(question="Asked anew?")
    if newer:
        proposed(Question.objects.get(pk=question.pk), elif_, answer="Newer.[^S1]")
        with pytest.raises(CannotMove):
            take_back_change(draft, by=elif_)
    ReferenceChange.objects.filter(pk=draft.pk).update(live_at=timezone.now())
    assert apply_due_changes() == 0
    draft.refresh_from_db()
    assert (draft.state, draft.applied_at) == (state, None)
    assert "has changed" in draft.decisions.first().reason


def test_an_urgent_correction_of_a_number_shows_at_once_and_waits_for_its_reader(
    line, editor, client, elif_, dr_okafor
):
    cache.clear()
    _, change = save(editor, line, name="Emergency services now")
    version = page_cache.version()
    assert editor.post(url("urgent", change), {"reason": ""}).status_code == 200
    editor.post(url("urgent", change), {"reason": "wrong name"})
    line.refresh_from_db()
    assert line.name == "Emergency services now"
    waiting = reverse("admin:guide_changes_waiting")
    assert "Published urgently, not yet read by a second person (1)" in editor.get(waiting).content.decode()
    assert "nobody but its author has read it yet" in editor.get(url("review", change)).content.decode()
    assert page_cache.version() >= version
    note = f"“{change.label}”. Nobody but its author has reviewed this yet."
    assert note in client.get("/help-now/").content.decode()
    client.force_login(dr_okafor)
    client.post(url("approve", change), {"checked": ALL})
    assert note not in client.get("/help-now/").content.decode()
    assert "Nothing waits" in client.get(waiting).content.decode()
    assert ReferenceChange.objects.unread_urgent().count() == 0


def test_urgent_without_a_reason_is_refused_by_the_database(draft, elif_):
    with pytest.raises(DatabaseError), transaction.atomic():
        publish_change_urgently(draft, by=elif_, reason="")


@pytest.mark.parametrize(
    ("model", "which", "why"),
    [
        (OutcomeFigure, {}, "needs it"),
        (SafetyMessage, {}, "never missing"),
        (QuestionGroup, {}, "that belong to it"),
        (Source, {"key": "S1"}, "cited in"),
    ],
)
def test_what_others_rest_on_is_not_removed(model, which, why, elif_, dr_okafor):
    row = model.objects.filter(**which).first()
    with pytest.raises(StillNeeded, match=why):
        change = propose(Proposal(row._meta.model_name, row.pk, {}, "x", removes=True), by=elif_)
        approved(change, elif_, dr_okafor)
    assert model.objects.filter(pk=row.pk).exists()


def test_what_its_fields_no_longer_allow_is_refused(elif_, dr_okafor, guide):
    new = snapshot(Question.objects.first()) | {"slug": "twice"}
    first, second = (propose(Proposal("question", None, new, "x"), by=elif_) for _ in range(2))
    approved(first, elif_, dr_okafor)
    with pytest.raises(ValidationError):
        approved(second, elif_, dr_okafor)
    lost = proposed(HelpLine.objects.first(), elif_, sources=["S9999"])
    with pytest.raises(ValidationError, match="no source S9999"):
        approved(lost, elif_, dr_okafor)


def test_a_new_question_of_the_matrix_is_shown_with_empty_cells(elif_, dr_okafor, editor):
    fields = {"key": "new", "question": "New?", "position": 90}
    change = propose(Proposal("matrixrow", None, fields, "New?"), by=elif_)
    with zeal_ignore():
        assert editor.get(url("review", change)).status_code == 200
    approved(change, elif_, dr_okafor)
    assert MatrixRow.objects.filter(key="new").exists()
