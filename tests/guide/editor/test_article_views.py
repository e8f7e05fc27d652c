"""Writing an article in the admin: preview, what is kept, two editors at once, lists to choose from, what is pasted."""

import pytest
from django.urls import reverse

from guide.models import Autosave, Source
from guide.review.revisions import Draft, write_revision
from guide.review.workflow import Comment, send_back, submit

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
    data = {"slug": article.slug, "section": article.section_id, "position": 1, "review_months": 12, "note": ""}
    data |= {name: getattr(revision, name) for name in ("title", "summary", "in_short", "body")}
    return data | {"begun_from": revision.pk, "article": article.pk} | changes


def change(article):
    return reverse("admin:guide_article_change", args=[article.pk])


def url(name, *args):
    return reverse(f"admin:guide_article_{name}", args=args)


def test_the_preview_shows_the_page_and_what_there_is_to_say(editor, article, begun):
    Source.objects.create(key="S1", title="A label", year=2020, kind="label", checked="2026-01-01", seen="whole")
    data = form_of(article, begun, body="## Head\n\nA claim.[^S1]\n\nAn addict.[^site]")
    page, told = (
        ("A label", "<p>An addict.</p>"),
        ("say “a person with an addiction”", "line 5", "<strong>5</strong> words"),
    )
    wanted = {"preview": ("A label", *told), "preview-fragment": page, "told-fragment": told}
    for name, words in wanted.items():
        shown = editor.post(url(name), data).content.decode()
        assert [w for w in words if w not in shown] == []
    assert article.revisions.count() == 2


@pytest.mark.parametrize("field", ["title", "summary", "in_short", "body", "note"])
@pytest.mark.parametrize("name", ["preview", "preview-fragment", "told-fragment", None])
def test_hostile_words_stay_words_in_each_field(editor, article, begun, field, name):
    data = form_of(article, begun, **{field: HOSTILE})
    page = editor.post(url(name) if name else change(article), data | ({} if name else {"slug": ""})).content.decode()
    for live in ("<script>alert", "<img src=x", "<svg onload", 'href="javascript', "&lt;a href=&quot;javascript"):
        assert live not in page
    keeps = editor.get(change(article)).content.decode()
    assert "<script>alert" not in keeps


def test_a_preview_of_too_much_says_so(editor, article, begun):
    page = editor.post(url("preview-fragment"), form_of(article, begun, body="x" * 100_001)).content.decode()
    assert "at most 100,000 are allowed" in page


def test_why_a_text_came_back_stands_above_the_form_until_somebody_writes_anew(
    editor, article, begun, elif_, dr_okafor
):
    submit(begun.proposal, by=elif_)
    remark = Comment("title", 1, "Small", "Say what is small.")
    send_back(begun.proposal, by=dr_okafor, reason="Plainer, please.", comments=[remark])
    words = ("Dr. Okafor sent revision 2 back", "Plainer, please.", "Title, line 1, “Small”: Say what is small.")
    page = editor.get(change(article)).content.decode()
    assert [w for w in words if w not in page] == []
    write_revision(article, Draft("Smaller", "A small page.", "Short.[^site]", BASE), by=elif_)
    assert "Dr. Okafor sent" not in editor.get(change(article)).content.decode()


def test_typed_words_are_kept_and_come_back_after_the_session_ended(editor, article, begun, elif_):
    data = form_of(article, begun, body="Typed and not saved.")
    assert editor.post(url("keep-fragment"), data).status_code == 204
    editor.logout()
    assert editor.post(url("keep-fragment"), data).status_code == 403
    editor.force_login(elif_)
    page = editor.get(change(article)).content.decode()
    assert ("What you typed here and did not save is back" in page, "Typed and not saved." in page) == (True, True)
    assert f'name="begun_from" value="{begun.pk}"' in page
    editor.post(url("discard"), {"article": article.pk})
    assert "Typed and not saved." not in editor.get(change(article)).content.decode()


def test_words_of_an_article_to_be_are_kept_too(editor, elif_):
    data = {"article": "", "title": "To be", "body": "Begun."}
    assert editor.post(url("keep-fragment"), data).status_code == 204
    assert "Begun." in editor.get(url("add")).content.decode()
    assert Autosave.objects.get().place == "article new"


def test_a_faulty_form_keeps_what_was_typed(editor, article, begun):
    page = editor.post(change(article), form_of(article, begun, body="[[nonsense]]"))
    assert (page.status_code, "[[nonsense]]" in page.content.decode()) == (200, True)
    assert Autosave.objects.get().words["body"] == "[[nonsense]]"


@pytest.mark.parametrize("pk", ["x", "²", "9" * 30, "999999"])
def test_a_crooked_article_is_not_found(editor, pk):
    assert editor.post(url("keep-fragment"), {"article": pk}).status_code == 404


def test_the_second_of_two_editors_sees_both_texts_and_a_merge(client, article, begun, elif_, django_user_model):
    zoe = django_user_model.objects.create_superuser("zoe@example.org", "pw", display_name="Zoe")
    client.force_login(elif_)
    client.post(change(article), form_of(article, begun, body=BASE.replace("One", "Uno")))
    client.force_login(zoe)
    mine = form_of(article, begun, body=BASE.replace("Three", "Tre"), title="Zoe's")
    told = client.post(change(article), mine)
    page = told.content.decode()
    assert told.status_code == 409
    assert "Uno.[^site]\n\nTwo.[^site]\n\nTre.[^site]" in page
    for words in ("Elif saved revision 3", "hold the changes of both", BASE.replace("Three", "Tre"), "Zoe&#x27;s"):
        assert words in page
    assert (article.revisions.count(), Autosave.objects.get(owner=zoe).words["title"]) == (3, "Zoe's")
    newest = article.revisions.get(number=3)
    assert f'name="begun_from" value="{newest.pk}"' in page
    merged = mine | {"body": "Uno.[^site]\n\nTwo.[^site]\n\nTre.[^site]", "begun_from": newest.pk}
    assert client.post(change(article), merged).status_code == 302
    assert not Autosave.objects.exists()


def test_the_same_words_changed_by_both_stand_between_marks_that_hold_back_review(editor, article, begun, vera):
    write_revision(article, Draft("Small", "A small page.", "Short.[^site]", BASE.replace("Two", "Deux")), by=vera)
    page = editor.post(change(article), form_of(article, begun, body=BASE.replace("Two", "Due"))).content.decode()
    assert "In 1 place you both changed the same words" in page
    assert "=======\nDeux.[^site]\n&lt;&lt;&lt;&lt;&lt;&lt;&lt; up to here the words of Vera" in page


def test_the_same_form_sent_twice_makes_one_revision(editor, article, begun):
    data = form_of(article, begun, body="Once.[^site]")
    assert [editor.post(change(article), data).status_code for _ in range(2)] == [302, 302]
    assert article.revisions.count() == 3


def test_what_may_be_inserted_is_found_by_its_words(editor, guide):
    found = editor.get(url("pick-fragment", "source"), {"q": "S12"}).content.decode()
    assert found.index("[^S12]") < found.index("[^S120]")
    assert "[[picture:receptor]]" in editor.get(url("pick-fragment", "part"), {"q": "recep"}).content.decode()
    assert "[Questions people ask](faq)" in editor.get(url("pick", "page"), {"q": "faq"}).content.decode()
    assert "Nothing is found" in editor.get(url("pick-fragment", "part"), {"q": "zzz\x00"}).content.decode()
    assert editor.get(url("pick", "else")).status_code == 404


def test_what_is_pasted_becomes_markdown(editor, db):
    answer = editor.post(url("paste-fragment"), {"html": "<h1>Head</h1><p><b>Bold</b><script>x</script></p>"})
    assert (answer.content.decode(), answer["Content-Type"]) == ("## Head\n\n**Bold**\n", "text/plain; charset=utf-8")
    assert editor.post(url("paste-fragment"), {"html": "x" * 2_000_001}).status_code == 413


def test_who_may_only_read_gets_no_tools(client, article, dr_okafor):
    client.force_login(dr_okafor)
    page = client.get(change(article)).content.decode()
    assert ("data-writing" in page, "writing-pick" in page) == (False, False)
    for name in ("preview", "preview-fragment", "told-fragment", "keep-fragment", "discard", "paste-fragment"):
        assert client.post(url(name), {}).status_code == 403
