"""Fixtures and helpers of the workflow tests: users, proposals of both kinds, and form data as a browser sends it."""

from contextlib import contextmanager
from datetime import date

import pytest
from django.db import connection
from django.urls import reverse
from zeal import zeal_ignore

from guide.models import Article, HelpLine, Proposal, Question, QuestionGroup, Source
from guide.review.drafts import RowDraft, save_row_draft
from guide.review.revisions import Draft, write_revision
from guide.review.snapshot import snapshot
from guide.review.subjects import subject_of
from guide.review.workflow import CHECKLIST, approve, submit
from tests.conftest import clinician, empty_caches, person
from tests.guide.pictures.samples import library_picture

ALL = list(CHECKLIST)
TEXT = Draft(
    "New", "New summary.", "New short.[^site]", "## New\n\nNew text.[^site]\n", "Clearer words", "Clearer words"
)


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
def both(db):
    """A user with every right: editor, reviewer and clinician."""
    from accounts.roles import EDITORS, REVIEWERS

    return clinician("both", "Both", EDITORS, REVIEWERS, is_staff=True)


@pytest.fixture
def boss(django_user_model):
    return django_user_model.objects.create_superuser("boss@example.org", "pw", display_name="Boss")


@pytest.fixture
def question(db):
    """A question with a source, without the rest of the guide."""
    Source.objects.create(key="S1", title="A source", kind="guideline", checked=date(2026, 1, 2))
    group = QuestionGroup.objects.create(key="starting", title="Starting", position=1)
    return Question.objects.create(slug="when", group=group, question="When?", answer="Soon.[^S1]", position=1)


@pytest.fixture
def library(db):
    """A published picture: the content files have none."""
    return library_picture()


@pytest.fixture
def line(guide):
    return HelpLine.objects.get(country="US", phone="911")


@pytest.fixture(params=["article", "question"])
def subject(request):
    """The subject of a proposal: an article or a row."""
    return request.getfixturevalue(request.param)


def proposed(subject, by, words="New text.[^site]"):
    """Save a draft of a new text for an article, or of a new answer for a question."""
    if isinstance(subject, Article):
        return write_revision(subject, Draft("New", "S.", "Short.[^site]", f"{words}\n", "why"), by=by).proposal
    return row_proposed(subject, by, answer=words)


def row_proposed(row, by, **fields):
    return save_row_draft(RowDraft(row._meta.model_name, row.pk, snapshot(row) | fields, str(row)), by=by)


def live_text(subject):
    """Return the text that readers see now."""
    if isinstance(subject, Article):
        return Article.objects.select_related("live_revision").get(pk=subject.pk).live_revision.body.strip()
    return Question.objects.get(pk=subject.pk).answer


@pytest.fixture
def draft(subject, elif_):
    return proposed(subject, elif_)


@pytest.fixture
def waiting(draft, elif_):
    submit(draft, by=elif_)
    draft.refresh_from_db()
    return draft


def uncached(client):
    """Fetch the small page as it is now, past the cache of whole pages."""
    empty_caches()
    return client.get("/guide/small/")


def form_url(row):
    return reverse(f"admin:guide_{row._meta.model_name}_change", args=[row.pk])


def url(name, proposal):
    return reverse(f"admin:guide_proposal_{name}", args=[proposal.pk])


def version(proposal):
    """Return the version of the subject that a reviewer would see now."""
    return subject_of(Proposal.objects.get(pk=proposal.pk)).version()


def approval(proposal, **also):
    return {"checked": ALL, "seen_version": version(proposal)} | also


def typed(response):
    """Return the data that the forms on an admin page would send unchanged."""
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
    """Open the form of a row, change something and save. Return the response and the new proposal."""
    with zeal_ignore():
        page = client.get(form_url(row))
        answer = client.post(form_url(row), typed(page) | changes)
    return answer, Proposal.objects.of_rows().first()


def approved(proposal, by_editor, by_reviewer):
    submit(proposal, by=by_editor)
    approve(proposal, by=by_reviewer, checked=ALL)
    proposal.refresh_from_db()
    return proposal


@contextmanager
def guarded():
    """Refuse direct changes of rows, as the database does outside of tests and of load_guide."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL guide.loading = 'off'")
        yield
        cursor.execute("SET LOCAL guide.loading = 'on'")
