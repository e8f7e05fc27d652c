"""Notices of rows published before review, on every page that shows them."""

import pytest
from django.http import QueryDict

from guide.models import Article, OutcomeFigure, Question, SafetyMessage, Treatment
from guide.pages.blocks import BLOCKS, fill_blocks
from guide.pages.unreviewed_notices import MODELS_BY_BLOCK, unreviewed_rows
from guide.review.workflow import approve, publish_urgently
from tests.guide.review.conftest import ALL, approved, row_proposed

pytestmark = pytest.mark.usefixtures("module_guide", "db")


@pytest.fixture
def correct(elif_):
    """Change one field of a row and publish it before review."""

    def act(row, **fields):
        proposal = row_proposed(row, elif_, **fields)
        publish_urgently(proposal, by=elif_, reason="It was wrong.")
        return proposal

    return act


def shown(name, argument=""):
    place = f'<div data-part="{name}{":" * bool(argument)}{argument}"></div>'
    return fill_blocks(place, QueryDict(), unreviewed_rows()).count("No one but its author has reviewed this yet.")


def test_every_block_lists_the_models_it_shows():
    assert set(MODELS_BY_BLOCK) == set(BLOCKS)


def test_a_block_with_some_rows_names_only_those(correct):
    one, other = OutcomeFigure.objects.all()[:2]
    correct(one, title="Another title")
    assert (shown("figure", one.slug), shown("figure", other.slug), shown("timeline")) == (1, 0, 0)


def test_a_question_is_marked_in_its_group_and_in_the_full_list(correct):
    question = Question.objects.select_related("group").first()
    other = Question.objects.exclude(group=question.group).select_related("group").first()
    correct(question, question="Is this put otherwise?")
    assert [shown("faq", key) for key in (question.group.key, other.group.key, "")] == [1, 0, 1]


def test_a_safety_message_is_marked_on_its_pages(correct, client):
    article = Article.objects.published().exclude(live_revision__safety_messages=[]).first()
    key = article.live.safety_messages[0]
    without = Article.objects.published().exclude(live_revision__safety_messages__contains=[key]).first()
    message = SafetyMessage.objects.get(pk=key)
    correct(message, title="Said more plainly")
    note = f"“{message}”. No one but its author"
    assert note in client.get(f"/guide/{article.slug}/").content.decode()
    assert note not in client.get(f"/guide/{without.slug}/").content.decode()
    assert note in client.get("/guide/print/").content.decode()


def test_a_review_or_a_later_publication_removes_the_notice(correct, elif_, dr_okafor):
    treatment = Treatment.objects.first()
    read = correct(treatment, name="A name")
    approve(read, by=dr_okafor, checked=ALL)
    assert shown("treatment", treatment.slug) == 0
    treatment.refresh_from_db()
    correct(treatment, name="A second name")
    assert shown("treatment", treatment.slug) == 1
    treatment.refresh_from_db()
    approved(row_proposed(treatment, elif_, name="A third name"), elif_, dr_okafor)
    assert shown("treatment", treatment.slug) == 0
