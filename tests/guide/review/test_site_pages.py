"""Pages about the site go through the workflow of the guide, the house rules with a version."""

from datetime import timedelta
from html import unescape

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts import house_rules
from accounts.models import HouseRulesText, User
from guide.models import Proposal, SitePage
from guide.pages.site_pages import from_file
from guide.review.exceptions import InvalidProposal
from guide.review.workflow import approve, publish_if_due, publish_urgently, restore, restore_before, submit
from tests.conftest import logged_in
from tests.guide.review.conftest import ALL, approved, form_url, row_proposed, save, typed, url

pytestmark = pytest.mark.usefixtures("quick", "module_guide", "db")
RULES = "1. **Be kind.** Always.\n"


@pytest.fixture
def quick(monkeypatch):
    """Don't rebuild the search index on publication, which takes longer than everything else."""
    monkeypatch.setattr("guide.search.index.rebuild_index", lambda: 0)


@pytest.fixture
def about():
    return SitePage.objects.get(slug="about")


@pytest.fixture
def rules():
    return SitePage.objects.get(slug="house-rules")


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def version():
    return house_rules.current_version()


def test_readers_see_a_change_at_once_after_another_person_approved_it(about, elif_, dr_okafor, client, committed):
    client.get("/about/")  # cached
    proposal = row_proposed(about, elif_, title="Who we are", body="{site-name} is a large team.")
    assert b"large team" not in client.get("/about/").content
    with committed():
        approved(proposal, elif_, dr_okafor)
    page = client.get("/about/").content.decode()
    assert "<h1>Who we are</h1>" in page
    assert "<title>Who we are – GetNaltrexone</title>" in page
    assert "GetNaltrexone is a large team." in page


def test_authors_do_not_approve_their_own_page(about, both):
    proposal = row_proposed(about, both, body="{site-name} is mine.")
    submit(proposal, by=both)
    with pytest.raises(PermissionDenied):
        approve(proposal, by=both, checked=ALL)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("We are small.", "this page must state {site-name}"),
        ("{site-name} keeps {moon-days}.", "the site has no value for {moon-days}"),
        ("{site-name} helps addicts.", "the word “addicts”"),
        ("{site-name}: [help](/no/such/).", "this link is dead"),
        ("{site-name}: [help](nowhere).", "this link is dead"),
        ("{site-name}. Take 50 mg a day.", "tells the reader a dose"),
    ],
)
def test_what_is_wrong_holds_a_page_back_but_it_needs_no_sources(body, error, about, elif_):
    with pytest.raises(InvalidProposal, match=error.replace("{", r"\{")):
        submit(row_proposed(about, elif_, body=body), by=elif_)


def test_the_privacy_page_must_keep_every_number_that_the_code_guarantees(elif_):
    privacy = SitePage.objects.get(slug="privacy")
    shorter = privacy.body.replace("{deletion-days} days", "a few days")
    with pytest.raises(InvalidProposal, match=r"must state \{deletion-days\}"):
        submit(row_proposed(privacy, elif_, body=shorter), by=elif_)


@pytest.mark.parametrize("slug", SitePage.Slug.values)
def test_the_pages_of_the_content_files_pass_their_own_checks(slug, elif_):
    page = SitePage.objects.get(slug=slug)
    submit(row_proposed(page, elif_, title="Another title"), by=elif_)
    assert Proposal.objects.of_rows().get().state == "submitted"


def test_an_urgent_change_is_said_to_be_unreviewed(about, elif_, client):
    publish_urgently(row_proposed(about, elif_, body="{site-name} moved."), by=elif_, reason="We moved.")
    assert "No one but its author has reviewed this yet" in client.get("/about/").content.decode()
    assert "No one but its author" not in client.get("/privacy/").content.decode()


def test_a_change_can_be_undone(about, elif_, dr_okafor, client):
    before = about.body
    proposal = approved(row_proposed(about, elif_, body="{site-name} moved."), elif_, dr_okafor)
    restore_before(proposal, by=dr_okafor, reason="Not true.")
    assert SitePage.objects.get(slug="about").body == before


def test_pages_are_neither_added_nor_removed(editor, about):
    assert editor.get(reverse("admin:guide_sitepage_add")).status_code == 403
    assert editor.get(reverse("admin:guide_sitepage_delete", args=[about.pk])).status_code == 403


def test_the_form_has_the_toolbar_and_keeps_the_page_of_the_row(editor, about, rules):
    form = editor.get(form_url(about))
    assert form.context["adminform"].form.fields["body"].widget.attrs["data-markdown"]
    assert "Members must accept the rules again" not in form.content.decode()
    assert "Members must accept the rules again" in editor.get(form_url(rules)).content.decode()
    _, proposal = save(editor, about, slug="privacy", title="Ours")
    assert (proposal.content["slug"], proposal.content["title"]) == ("about", "Ours")


def test_a_marked_change_of_the_rules_is_a_new_version(editor, rules, elif_, dr_okafor, committed):
    _, small = save(editor, rules, body=rules.body + "\nThank you.")
    with committed():
        approved(small, elif_, dr_okafor)
    assert (small.accept_again, version()) == (False, 1)
    rules.refresh_from_db()
    _, large = save(editor, rules, body=RULES, accept_again="on")
    assert "members will have to accept" in " ".join(editor.get(url("review", large)).content.decode().split())
    assert version() == 1
    with committed():
        approved(large, elif_, dr_okafor)
    assert (large.accept_again, version()) == (True, 2)
    assert HouseRulesText.objects.last().text == RULES.strip()
    assert typed(editor.get(form_url(rules))).get("accept_again") is None  # the next change is small again


def test_a_draft_keeps_its_mark(editor, rules):
    save(editor, rules, body=RULES, accept_again="on")
    assert typed(editor.get(form_url(rules)))["accept_again"] == "on"
    _, again = save(editor, rules, body="Be kind.")
    assert again.accept_again is True


def test_restoring_the_rules_before_a_new_version_asks_members_again(editor, rules, elif_, dr_okafor, committed):
    with committed():
        large = approved(save(editor, rules, body=RULES, accept_again="on")[1], elif_, dr_okafor)
        restore_before(large, by=dr_okafor, reason="Too short.")
    assert version() == 3
    with committed():
        restore(large, by=dr_okafor, reason="Short is good.")
    assert version() == 4


def test_one_person_alone_cannot_make_a_new_version(editor, rules, elif_):
    _, large = save(editor, rules, body=RULES, accept_again="on")
    with pytest.raises(InvalidProposal, match="someone else must approve"):
        publish_urgently(large, by=elif_, reason="Now.")


def test_one_person_alone_cannot_bring_an_earlier_version_back(editor, rules, elif_, dr_okafor, committed):
    with committed():
        approved(save(editor, rules, body=RULES, accept_again="on")[1], elif_, dr_okafor)
    _, back = save(editor, rules, body=rules.body)
    with pytest.raises(InvalidProposal, match="someone else must approve"):
        publish_urgently(back, by=elif_, reason="Now.")
    with committed():
        approved(back, elif_, dr_okafor)
    assert version() == 3


def test_a_new_version_can_be_planned(editor, rules, elif_, dr_okafor, committed):
    _, large = save(editor, rules, body=RULES, accept_again="on")
    submit(large, by=elif_)
    with committed():
        approve(large, by=dr_okafor, checked=ALL, scheduled_for=timezone.now() + timedelta(days=1))
        assert version() == 1
        Proposal.objects.filter(pk=large.pk).update(scheduled_for=timezone.now())
        assert publish_if_due(large)
    assert version() == 2


def test_editors_find_the_form_from_the_page(editor, client, about, rules, maya):
    for row, address in ((about, "/about/"), (rules, "/account/house-rules/")):
        assert f'href="{form_url(row)}">Edit this page' in editor.get(address).content.decode()
        assert "Edit this page" not in logged_in(maya).get(address).content.decode()


def test_members_see_what_changed(editor, rules, elif_, dr_okafor, committed, maya, client):
    with committed():
        approved(save(editor, rules, body=rules.body + "8. **Be still.**", accept_again="on")[1], elif_, dr_okafor)
    client.force_login(User.objects.get(pk=maya.pk))
    page = client.get(reverse("accounts:house-rules")).content.decode()
    assert "<ins>still.</ins>" in page
    assert "<ins>kind.</ins>" not in page


def test_an_earlier_proposal_is_shown_although_a_part_of_it_is_gone(editor, about, elif_, library):
    proposal = row_proposed(about, elif_, body=f"{about.body}\n\n[[picture:tablets]]\n")
    assert 'alt="A red and a blue half"' in unescape(editor.get(url("review", proposal)).content.decode())
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL guide.loading = 'on'")
    library.delete()
    assert "there is no 'tablets'" in unescape(unescape(editor.get(url("review", proposal)).content.decode()))


def test_earlier_rules_are_shown_without_a_part_that_is_gone(rules, committed, maya, client):
    with committed():
        house_rules.record_text("Be kind.\n\n[[picture:gone]]\n\n[[helplines]]")
        house_rules.record_text(rules.body, must_accept=True)
    client.force_login(maya)
    earlier = client.get(reverse("accounts:earlier-house-rules", args=[1])).content.decode()
    assert "Be kind." in earlier
    assert "988" in earlier
    assert "<summary>What changed</summary>" in client.get(reverse("accounts:house-rules")).content.decode()


def test_without_a_row_the_content_file_is_shown(client):
    SitePage.objects.all().delete()
    for address in ("/about/", "/privacy/", "/account/house-rules/", "/account/badge/how-verification-works/"):
        assert client.get(address).status_code == 200
    assert from_file("about").title in client.get("/about/").content.decode()
