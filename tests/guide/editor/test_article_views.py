"""The article editor: preview, autosave, conflicts, insert menu and paste."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import EDITORS
from guide.models import Article, Autosave, Source
from guide.review.remarks import draft_remark
from guide.review.revisions import Draft, write_revision
from guide.review.snapshot import snapshot
from guide.review.workflow import send_back, submit
from tests.conftest import person

BASE = "One.[^site]\n\nTwo.[^site]\n\nThree.[^site]"
HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)>[x](javascript:alert(3)) "><svg onload=alert(4)>'


@pytest.fixture
def editor(client, elif_):
    client.force_login(elif_)
    return client


@pytest.fixture
def begun(article, elif_):
    return write_revision(article, Draft("Small", "A small page.", "Short.[^site]", BASE), by=elif_)


def form_of(article, revision, **changes):
    return snapshot(revision) | {"note": "", "based_on": revision.pk, "place": f"article {article.pk}"} | changes


def change(article):
    return reverse("admin:guide_article_change", args=[article.pk])


def url(name, *args):
    return reverse(f"admin:guide_article_{name}", args=args)


def test_safety_messages_that_an_editor_takes_off_stay_for_readers_until_a_review(guide, editor):
    page = Article.objects.get(slug="side-effects")
    live = page.live_revision
    answer = editor.post(change(page), form_of(page, live, safety_messages=[], note="Shorter"))
    page.refresh_from_db()
    assert (answer.status_code, page.revisions.latest("number").safety_messages) == (302, [])
    assert (page.live_revision, len(page.live_revision.safety_messages) > 0) == (live, True)


def test_the_preview_shows_the_page_and_its_notices(editor, article, begun):
    Source.objects.create(key="S1", title="A label", year=2020, kind="label", checked="2026-01-01", seen="whole")
    data = form_of(article, begun, body="## Head\n\nA claim.[^S1]\n\nAn addict.[^site]")
    page, notices = (
        ("A label", "<p>An addict.</p>"),
        ("say “a person with an addiction”", "line 5", "<strong>5</strong> words"),
    )
    wanted = {"preview": ("A label", *notices), "preview-fragment": page, "lint-fragment": notices}
    for name, words in wanted.items():
        shown = editor.post(url(name), data).content.decode()
        assert [w for w in words if w not in shown] == []
    assert article.revisions.count() == 2


@pytest.mark.parametrize("field", ["title", "summary", "in_short", "body", "note"])
@pytest.mark.parametrize("name", ["preview", "preview-fragment", "lint-fragment", None])
def test_hostile_text_is_escaped_in_each_field(editor, article, begun, field, name):
    data = form_of(article, begun, **{field: HOSTILE})
    page = editor.post(url(name) if name else change(article), data | ({} if name else {"slug": ""})).content.decode()
    for live in ("<script>alert", "<img src=x", "<svg onload", 'href="javascript', "&lt;a href=&quot;javascript"):
        assert live not in page
    form_page = editor.get(change(article)).content.decode()
    assert "<script>alert" not in form_page


def test_the_preview_reports_a_text_that_is_too_long(editor, article, begun):
    page = editor.post(url("preview-fragment"), form_of(article, begun, body="x" * 100_001)).content.decode()
    assert "at most 100,000 are allowed" in page


def test_the_reason_for_sending_back_is_shown_until_a_newer_draft(editor, article, begun, elif_, dr_okafor):
    submit(begun.proposal, by=elif_)
    draft_remark(begun.proposal, by=dr_okafor, quote="Small", text="Say what is small.")
    send_back(begun.proposal, by=dr_okafor, reason="Plainer, please.")
    words = ("Dr. Okafor sent revision 2 back", "Plainer, please.", "Title, line 1, “Small”: Say what is small.")
    page = editor.get(change(article)).content.decode()
    assert [w for w in words if w not in page] == []
    write_revision(article, Draft("Smaller", "A small page.", "Short.[^site]", BASE), by=elif_)
    assert "Dr. Okafor sent" not in editor.get(change(article)).content.decode()


def test_an_autosave_is_restored_after_the_session_ended(editor, article, begun, elif_):
    data = form_of(article, begun, body="Typed and not saved.")
    assert editor.post(url("autosave-fragment"), data).status_code == 204
    editor.logout()
    assert editor.post(url("autosave-fragment"), data).status_code == 403
    editor.force_login(elif_)
    page = editor.get(change(article)).content.decode()
    assert ("We restored what you typed here" in page, "Typed and not saved." in page) == (True, True)
    assert f'name="based_on" value="{begun.pk}"' in page
    editor.post(url("discard"), {"place": f"article {article.pk}"})
    assert "Typed and not saved." not in editor.get(change(article)).content.decode()


def new_form(editor):
    """Open a form for a new article; return its place and URL."""
    form = editor.get(url("add")).context["adminform"].form
    return form.place, form.url


def test_a_new_article_is_autosaved_and_discarded_on_saving(editor, article):
    place, address = new_form(editor)
    data = {"place": place, "title": "To be", "body": "Begun."}
    assert editor.post(url("autosave-fragment"), data).status_code == 204
    assert "Begun." in editor.get(address).content.decode()
    page = {
        "slug": "to-be",
        "section": article.live_revision.section_id,
        "position": 9,
        "language": "en",
        "review_months": 12,
    }
    assert (
        editor.post(address, data | page | {"body": "B.[^site]", "summary": "S.", "in_short": "A.[^site]"}).status_code
        == 302
    )
    assert not Autosave.objects.exists()


def test_two_new_articles_in_two_windows_keep_their_own_words(editor):
    (one, first), (two, second) = new_form(editor), new_form(editor)
    for place, words in ((one, "The first."), (two, "The second.")):
        editor.post(url("autosave-fragment"), {"place": place, "title": "T", "body": words})
    for address, shown in ((first, [True, False]), (second, [False, True])):
        page = editor.get(address).content.decode()
        assert [words in page for words in ("The first.", "The second.")] == shown
    third = editor.get(url("add")).content.decode()
    assert "We restored" not in third
    assert [f'href="{address}"' in third for address in (first, second)] == [True, True]


def test_a_form_that_was_refused_keeps_its_place(editor):
    place, address = new_form(editor)
    page = editor.post(url("add"), {"place": place, "title": "", "body": "Begun."})
    assert (page.status_code, page.context["adminform"].form.place) == (200, place)
    assert "Begun." in editor.get(address).content.decode()


def test_an_invalid_form_keeps_what_was_typed(editor, article, begun):
    page = editor.post(change(article), form_of(article, begun, title="", body="[[nonsense]]"))
    assert (page.status_code, "[[nonsense]]" in page.content.decode()) == (200, True)
    assert Autosave.objects.get().fields["body"] == "[[nonsense]]"


@pytest.mark.parametrize(
    "place",
    [
        "article x",
        "article ²",
        f"article {'9' * 30}",
        "article 999999",
        "article all",
        "question 999999",
        "article new",
    ],
)
def test_a_place_without_a_form_is_not_found(editor, place):
    assert editor.post(url("autosave-fragment"), {"place": place}).status_code == 404
    assert editor.post(url("discard"), {"place": place}).status_code == 404


@pytest.mark.parametrize("place", ["", "else 1", "autosave new.0123abcd", "feedback new.0123abcd"])
def test_only_forms_of_the_guide_are_autosaved(editor, place):
    assert editor.post(url("autosave-fragment"), {"place": place}).status_code in (403, 404)
    assert not Autosave.objects.exists()


def test_an_autosave_that_is_too_long_is_refused(editor):
    data = {"place": "article new.0123abcd", "body": "x" * 300_001}
    answer = editor.post(url("autosave-fragment"), data)
    assert (answer.status_code, "300,000" in answer.content.decode()) == (413, True)


def test_a_conflict_shows_both_texts_and_a_merge(client, article, begun, elif_, django_user_model):
    zoe = django_user_model.objects.create_superuser("zoe@example.org", "pw", display_name="Zoe")
    client.force_login(elif_)
    client.post(change(article), form_of(article, begun, body=BASE.replace("One", "Uno")))
    client.force_login(zoe)
    mine = form_of(article, begun, body=BASE.replace("Three", "Tre"), title="Zoe's")
    response = client.post(change(article), mine)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Uno.[^site]\n\nTwo.[^site]\n\nTre.[^site]" in page
    for words in ("Elif saved revision 3", "contain both people’s changes", BASE.replace("Three", "Tre"), "Zoe&#x27;s"):
        assert words in page
    assert (article.revisions.count(), Autosave.objects.get(owner=zoe).fields["title"]) == (3, "Zoe's")
    newest = article.revisions.get(number=3)
    assert f'name="based_on" value="{newest.pk}"' in page
    merged = mine | {"body": "Uno.[^site]\n\nTwo.[^site]\n\nTre.[^site]", "based_on": newest.pk}
    assert client.post(change(article), merged).status_code == 302
    assert not Autosave.objects.exists()


def test_conflicting_changes_are_marked_in_the_text(editor, article, begun, vera):
    write_revision(article, Draft("Small", "A small page.", "Short.[^site]", BASE.replace("Two", "Deux")), by=vera)
    page = editor.post(change(article), form_of(article, begun, body=BASE.replace("Two", "Due"))).content.decode()
    assert "In 1 place you both changed the same words" in page
    assert "=======\nDeux.[^site]\n&lt;&lt;&lt;&lt;&lt;&lt;&lt; end of Vera’s version" in page


def test_the_same_form_sent_twice_makes_one_revision(editor, article, begun):
    data = form_of(article, begun, body="Once.[^site]")
    assert [editor.post(change(article), data).status_code for _ in range(2)] == [302, 302]
    assert article.revisions.count() == 3


def test_the_insert_menu_searches_by_words(editor, guide):
    found = editor.get(url("insert-fragment", "source"), {"q": "S12"}).content.decode()
    assert found.index("[^S12]") < found.index("[^S120]")
    assert "[[picture:receptor]]" in editor.get(url("insert-fragment", "part"), {"q": "recep"}).content.decode()
    assert "[Questions people ask](faq)" in editor.get(url("insert", "page"), {"q": "faq"}).content.decode()
    assert "No results" in editor.get(url("insert-fragment", "part"), {"q": "zzz\x00"}).content.decode()
    assert editor.get(url("insert", "else")).status_code == 404


def test_pasted_html_becomes_markdown(editor, db):
    answer = editor.post(
        url("paste-fragment"), {"html": "<h1>Head</h1><p><b>Bold</b><script>x</script><img src=x></p>"}
    )
    assert answer.json() == {"markdown": "## Head\n\n**Bold**\n", "left_out": "Left out: 1 picture."}
    assert editor.post(url("paste-fragment"), {"html": "x" * 2_000_001}).status_code == 413


def test_a_reviewer_gets_no_editing_tools(client, article, dr_okafor):
    client.force_login(dr_okafor)
    page = client.get(change(article)).content.decode()
    assert ("data-writing" in page, "writing-insert" in page) == (False, False)
    for name in ("preview", "preview-fragment", "lint-fragment", "autosave-fragment", "discard", "paste-fragment"):
        assert client.post(url(name), {}).status_code == 403


def test_a_new_pages_address_is_made_from_its_title(editor, article):
    data = {"title": "What’s a Drink? 2", "summary": "S.", "in_short": "A.[^site]", "body": "B.[^site]", "slug": ""}
    place = {"section": article.live_revision.section_id, "position": 1, "language": "en", "review_months": 12}
    assert editor.post(url("add"), data | place).status_code == 302
    assert Article.objects.filter(slug="whats-a-drink-2").exists()
    page = editor.post(url("add"), data | place | {"title": "¿?"}).content.decode()
    assert "Write the last part of the page’s address." in page


def test_the_form_says_who_else_is_editing_the_page(editor, article, begun, elif_):
    ada = person("ada", "Ada", EDITORS, is_staff=True)
    place, words = f"article {article.pk}", "Ada is editing this too"
    Autosave.objects.create(owner=elif_, place=place, fields={"body": "Mine."})
    theirs = Autosave.objects.create(owner=ada, place=place, fields={"body": "Theirs."})
    page = editor.get(change(article)).content.decode()
    assert (words in page, "Theirs." in page, "Elif is editing" in page) == (True, False, False)
    Autosave.objects.filter(pk=theirs.pk).update(saved_at=timezone.now() - timedelta(minutes=16))
    assert words not in editor.get(change(article)).content.decode()


def test_editors_find_the_form_on_the_public_page(editor, article, client, dr_okafor):
    link = f'<a href="{change(article)}">Edit this page</a>'
    assert link in editor.get("/guide/small/").content.decode()
    client.force_login(dr_okafor)
    assert link not in client.get("/guide/small/").content.decode()
    assert link not in Client().get("/guide/small/").content.decode()
