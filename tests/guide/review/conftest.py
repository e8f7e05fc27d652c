"""What the tests of the gate have in common: forms as a browser sends them, and the two people of a round."""

import pytest
from django.urls import reverse
from zeal import zeal_ignore

from guide.models import HelpLine, Question, ReferenceChange
from guide.review.row_workflow import CHECKLIST, approve_change, submit_change
from tests.conftest import person

ALL = list(CHECKLIST)


@pytest.fixture
def editor(client, elif_):
    client.force_login(elif_)
    return client


@pytest.fixture
def ada(db):
    """A second editor."""
    from accounts.roles import EDITORS

    return person("ada", "Ada", EDITORS, is_staff=True)


@pytest.fixture
def question(guide):
    return Question.objects.first()


@pytest.fixture
def line(guide):
    return HelpLine.objects.get(country="US", phone="911")


def form_url(row):
    return reverse(f"admin:guide_{row._meta.model_name}_change", args=[row.pk])


def url(name, change):
    return reverse(f"admin:guide_change_{name}", args=[change.pk])


def typed(response):
    """Everything that the forms on an admin page would send unchanged."""
    context = response.context
    forms = [context["adminform"].form]
    data = {}
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            if value is None or value is False:
                continue
            sent = field.field.prepare_value(value)
            data[field.html_name] = "on" if sent is True else sent
    return data


def save(client, row, **changes):
    """Open the form of a row, change something, and save; the answer, and the change that came of it."""
    with zeal_ignore():
        page = client.get(form_url(row))
        answer = client.post(form_url(row), typed(page) | changes)
    return answer, ReferenceChange.objects.first()


def approved(change, by_editor, by_reviewer):
    submit_change(change, by=by_editor)
    approve_change(change, by=by_reviewer, checked=ALL)
    change.refresh_from_db()
    return change
