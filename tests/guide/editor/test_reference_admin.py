import pytest
from django.contrib import admin
from django.urls import reverse
from zeal import zeal_ignore

from core.transitions import transition
from guide.models import Article, ArticleRevision, FormerSlug, HelpLine, Milestone, SearchEntry, Section
from guide.models.page_fields import PAGE_FIELDS
from guide.review.snapshot import snapshot
from guide.review.subjects import subject_of
from guide.review.workflow import CHECKLIST, approve
from tests.guide.review.conftest import approval

pytestmark = pytest.mark.usefixtures("module_guide", "db")


@pytest.fixture
def editor(client, elif_):
    client.force_login(elif_)
    return client


def form_of(article, **changes):
    return snapshot(article) | {"note": ""} | changes


def test_readers_see_an_edited_article_only_once_published(editor, client):
    article = Article.objects.get(slug="history")
    url = reverse("admin:guide_article_change", args=[article.pk])
    editor.post(url, form_of(article, title="A new title"))
    draft = ArticleRevision.objects.get(title="A new title")
    assert not draft.is_live
    assert ">revision 2</a>, draft." in editor.get(url).content.decode()
    editor.post(reverse("admin:guide_proposal_urgent", args=[draft.proposal.pk]), {"reason": "clearer"})
    client.logout()
    assert "<h1>A new title</h1>" in client.get("/guide/history/").content.decode()
    assert SearchEntry.objects.filter(title="A new title").exists()


def test_saving_without_a_change_makes_no_revision(editor):
    article = Article.objects.get(slug="history")
    editor.post(reverse("admin:guide_article_change", args=[article.pk]), form_of(article))
    assert article.revisions.count() == 1


CHANGES = {
    "title": "A new title",
    "summary": "A new summary.",
    "in_short": "In short.[^S1]",
    "body": "Text.[^S1]",
    "safety_messages": [],
    "related": [],
    "slug": "story",
    "section": 0,  # another one
    "position": 61,
    "language": "es",
    "review_months": 24,
}


@pytest.mark.parametrize("name", PAGE_FIELDS)
def test_each_field_of_a_page_is_a_draft_first_and_then_goes_live(editor, elif_, dr_okafor, name):
    article = Article.objects.get(slug="costs")
    before, new = snapshot(article), CHANGES[name]
    new = Section.objects.exclude(pk=before["section"]).first().pk if name == "section" else new
    editor.post(reverse("admin:guide_article_change", args=[article.pk]), form_of(article, **{name: new}))
    after = before | {name: new}
    assert (after != before, snapshot(Article.objects.get(pk=article.pk))) == (True, before)
    draft = article.revisions.get(number=2).proposal
    assert [d.key for d in subject_of(draft).differences()] == [name]
    page = editor.get(reverse("admin:guide_proposal_review", args=[draft.pk])).content.decode()
    assert "No differences" not in page
    approve_as_it_is(draft, elif_, dr_okafor)
    assert snapshot(Article.objects.get(pk=article.pk)) == after


def approve_as_it_is(draft, editor, reviewer):
    """Publish a draft past the lint, which has its own tests."""
    transition(draft, "submitted")
    approve(draft, by=reviewer, checked=CHECKLIST)


@pytest.mark.parametrize("months", [0, 37, 32767])
def test_the_review_interval_has_bounds(editor, months):
    article = Article.objects.get(slug="history")
    url = reverse("admin:guide_article_change", args=[article.pk])
    page = editor.post(url, form_of(article, review_months=months, title="Typed")).content.decode()
    assert "Ensure this value is" in page
    assert 'value="Typed"' in page
    assert article.revisions.count() == 1


def test_the_slug_of_another_page_is_refused(editor):
    article = Article.objects.get(slug="history")
    url = reverse("admin:guide_article_change", args=[article.pk])
    assert (
        "Another page has or had the address costs."
        in editor.post(url, form_of(article, slug="costs")).content.decode()
    )
    FormerSlug.objects.create(slug="money", article=Article.objects.get(slug="costs"))
    assert (
        "Another page has or had the address money."
        in editor.post(url, form_of(article, slug="money")).content.decode()
    )
    assert article.revisions.count() == 1


def test_a_text_that_is_too_long_shows_an_error_at_its_field(editor):
    article = Article.objects.get(slug="history")
    url = reverse("admin:guide_article_change", args=[article.pk])
    html = editor.post(url, form_of(article, body="x" * 200_000)).content.decode()
    assert "at most 100,000 are allowed" in html


def test_an_unknown_block_and_an_unknown_source_are_notices(editor):
    article = Article.objects.get(slug="history")
    url = reverse("admin:guide_article_change", args=[article.pk])
    saved = editor.post(url, form_of(article, body="Text.[^S999]\n\n[[nonsense]]"), follow=True).content.decode()
    assert "Line 1: there is no source S999" in saved
    assert "Line 3: There is no part called [[nonsense]]" in saved


def test_a_clinician_signs_with_the_name_on_the_credential(client, dr_okafor):
    proposal = Article.objects.get(slug="history").live_revision.proposal
    dr_okafor.credentials.update(name_public=True, public_name="Ada Okafor", profession="pharmacist")
    client.force_login(dr_okafor)
    approve = reverse("admin:guide_proposal_approve", args=[proposal.pk])
    assert "Tick every point" in client.post(approve, {"credential": "God, almighty"}).content.decode()
    client.post(approve, approval(proposal, credential="God, almighty"))
    assert "Reviewed by Ada Okafor, pharmacist" in client.get("/guide/history/").content.decode()


def test_every_admin_page_opens(client, django_user_model):
    boss = django_user_model.objects.create_superuser("boss@example.org", "pw", display_name="Boss")
    client.force_login(boss)
    with zeal_ignore():  # the editor's own account is fetched as who is logged in, and again as what is shown
        open_all(client, admin.site._registry)


def open_all(client, models):
    for model in models:
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        assert client.get(reverse(f"{base}_changelist")).status_code == 200
        row = model._default_manager.first()
        if row:
            assert client.get(reverse(f"{base}_change", args=[row.pk]), follow=True).status_code == 200


def test_open_claims_are_listed(editor):
    Milestone.objects.filter(date="1963").update(text="Chemists taste it first.[^S0]")
    html = editor.get(reverse("admin:guide_claims")).content.decode()
    assert "Chemists taste it first." in html
    assert "<td>S0</td>" in html


def test_a_changed_help_line_is_shown_at_once(editor, client):
    line = HelpLine.objects.get(name="Samaritans", country="GB")
    line.name = "Samaritans UK"
    line.save()
    assert "Samaritans UK" in client.get("/help-now/").content.decode()
