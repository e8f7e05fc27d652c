"""Nobody lets their own words through: not by the form, the list, a direct POST, the service, or SQL."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from guide.models import Question, ReferenceChange, ReferenceDecision
from guide.permissions import can_review_change
from guide.review.row_workflow import approve_change, send_back_change, submit_change, take_back_change
from tests.conftest import clinician
from tests.guide.review.conftest import ALL, form_url, save, typed, url

pytestmark = pytest.mark.usefixtures("guide")


@pytest.fixture
def both(db):
    """Somebody with every right: editor, reviewer, clinician."""
    from accounts.roles import EDITORS, REVIEWERS

    return clinician("both", "Both", EDITORS, REVIEWERS, is_staff=True)


@pytest.fixture
def boss(django_user_model):
    return django_user_model.objects.create_superuser("boss@example.org", "pw", display_name="Boss")


@pytest.fixture(params=["both", "boss"])
def almighty(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def own(client, almighty):
    client.force_login(almighty)
    _, change = save(client, Question.objects.first(), answer="Mine.[^S1]")
    submit_change(change, by=almighty)
    return change


def test_by_the_page_and_a_direct_post(client, own):
    assert 'value="Approve"' not in client.get(url("review", own)).content.decode()
    assert client.post(url("approve", own), {"checked": ALL}).status_code == 403
    assert client.post(url("send-back", own), {"reason": "x"}).status_code == 403


def test_by_the_services(own, almighty):
    for act in (
        lambda: approve_change(own, by=almighty, checked=ALL),
        lambda: send_back_change(own, by=almighty, reason="x"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert Question.objects.filter(answer="Mine.[^S1]").count() == 0


def test_by_the_form_and_the_lists(client, own):
    row = Question.objects.get(pk=own.row)
    client.post(form_url(row), typed(client.get(form_url(row))) | {"answer": "Mine.[^S1]", "state": "approved"})
    data = {"action": "delete_selected", "_selected_action": [own.pk], "form-0-state": "approved", "_save": "Save"}
    for name in ("question", "referencechange"):
        client.post(reverse(f"admin:guide_{name}_changelist"), data)
    row.refresh_from_db()
    assert row.answer != "Mine.[^S1]"
    assert not ReferenceChange.objects.filter(state="approved").exists()


def test_by_sql(own, almighty):
    columns = "(change_id, action, by_id, reason, checked, decided_at)"
    insert = f"INSERT INTO guide_referencedecision {columns} VALUES (%s, %s, %s, '', '{{}}', now())"  # noqa: S608
    for action, by in [("approved", almighty.pk), ("approved", None), ("published", almighty.pk)]:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(insert, [own.pk, action, by])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE guide_referencechange SET state = 'approved', applied_at = now() WHERE id = %s", [own.pk]
        )
    with pytest.raises(DatabaseError), transaction.atomic():
        ReferenceChange.objects.create(model="question", row=own.row, label="x", author=almighty, state="approved")
    assert ReferenceDecision.objects.filter(action="approved").count() == 0


def test_who_sent_it_is_no_second_person(client, elif_, both):
    client.force_login(elif_)
    _, change = save(client, Question.objects.first(), answer="Hers.[^S1]")
    submit_change(change, by=both)
    assert can_review_change(both, change) is False
    with pytest.raises(DatabaseError), transaction.atomic():
        change.decisions.create(action="approved", by=both)


def test_whose_draft_was_written_over_wrote_some_of_these_words(client, both, elif_, dr_okafor):
    client.force_login(both)
    row = Question.objects.first()
    _, first = save(client, row, answer="Mine.[^S1]")
    client.force_login(elif_)
    _, second = save(client, row, question="Hers?")
    assert (second.replaces, second.fields["answer"]) == (first, "Mine.[^S1]")
    submit_change(second, by=elif_)
    assert (can_review_change(both, second), can_review_change(dr_okafor, second)) == (False, True)
    with pytest.raises(DatabaseError), transaction.atomic():
        second.decisions.create(action="approved", by=both)


def test_a_reviewer_whose_credential_lapsed_decides_nothing(client, elif_, dr_okafor):
    client.force_login(elif_)
    _, change = save(client, Question.objects.first(), answer="Hers.[^S1]")
    submit_change(change, by=elif_)
    dr_okafor.credentials.update(expires_at=dr_okafor.credentials.get().approved_at)
    assert can_review_change(dr_okafor, change) is False


@pytest.mark.parametrize("name", ["elif_", "maya", "vera"])
def test_an_editor_a_member_and_a_verifier_are_no_reviewers(name, request, client, elif_, ada):
    client.force_login(ada)
    _, change = save(client, Question.objects.first(), answer="Hers.[^S1]")
    submit_change(change, by=ada)
    who = request.getfixturevalue(name)
    with pytest.raises(PermissionDenied):
        approve_change(change, by=who, checked=ALL)


@pytest.mark.parametrize("act", ["submit", "take-back", "drop", "approve", "send-back", "urgent", "review"])
@pytest.mark.parametrize(("name", "status"), [("vera", 404), ("maya", 302)])
def test_who_may_not_see_changes_meets_none(act, name, status, request, client, elif_):
    client.force_login(elif_)
    _, change = save(client, Question.objects.first(), answer="Hers.[^S1]")
    client.force_login(request.getfixturevalue(name))
    assert client.get(url(act, change) if act == "review" else url("review", change)).status_code == status
    assert client.post(url(act, change), {"reason": "x", "checked": ALL}).status_code == status
    change.refresh_from_db()
    assert (change.state, change.decisions.count()) == ("draft", 0)
    assert client.get(reverse("admin:guide_changes_waiting")).status_code == status


def test_a_reviewer_writes_and_publishes_nothing(client, elif_, dr_okafor):
    client.force_login(elif_)
    _, change = save(client, Question.objects.first(), answer="Hers.[^S1]")
    client.force_login(dr_okafor)
    for act in ("submit", "take-back", "drop", "urgent"):
        assert client.post(url(act, change), {"reason": "x"}).status_code == 403
    assert client.get(form_url(Question.objects.first())).status_code == 403
    fragment = reverse("admin:guide_question_preview-fragment")
    assert (client.post(fragment, {}).status_code, client.get(fragment).status_code) == (403, 405)
    assert client.get(reverse("admin:guide_matrix")).status_code == 403
    with pytest.raises(PermissionDenied):
        take_back_change(change, by=dr_okafor)
