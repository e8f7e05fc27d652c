"""Moderators first see what readers will get; both views name the signs that readers don't see."""

import pytest
from django.urls import reverse

from forum.models import ClinicalNote, Post, ReviewItem, SecondReview

TYPED = "*50 mg and 2 tablets* 25 mg, then 1*50"


@pytest.fixture
def item_page(client, dr_lind):
    def item_page(post):
        client.force_login(dr_lind)
        item = post.revisions.get().review_items.get()
        return client.get(reverse("forum:review-item", args=[item.pk])).content.decode()

    return item_page


def test_the_first_view_is_the_rendered_text(item_page, say, maya):
    html = item_page(say(maya, "I take 1*50 **mg** at night, 2*25 with food.", public=False))
    rendered, folded = (
        html.index("<p>I take 1*50 <strong>mg</strong> at night, 2*25 with food.</p>"),
        html.index("<details>"),
    )
    assert rendered < html.index("As the author typed it") and "Readers will see" not in html
    assert "I take 1*50 **mg** at night" in html[folded:]


def test_both_views_name_a_sign_that_readers_do_not_see(item_page, say, maya):
    html = item_page(say(maya, TYPED, public=False))
    assert html.count("Readers will see “50” where the author typed “*50”.") == 2


def test_a_second_reviewer_sees_the_rendered_text_first(settings, client, say, maya, dr_lind):
    settings.FORUM_SECOND_REVIEW_SHARE = 1.0
    say(maya, TYPED)
    client.force_login(dr_lind)
    html = client.get(reverse("forum:second-review", args=[SecondReview.objects.get().pk])).content.decode()
    assert html.index("<em>50 mg and 2 tablets</em>") < html.index("As the author typed it")
    assert html.count("Readers will see “50” where the author typed “*50”.") == 2


def test_the_author_reads_it_in_the_preview(client, maya, category):
    client.force_login(maya)
    sheet = {"title": "Is it normal?", "body": TYPED, "key": "7b0e4c1e-2f4e-4b55-9c0c-0d2f0d7a1c11", "do": "preview"}
    html = client.post(reverse("forum:new-thread", args=[category.slug]), sheet).content.decode()
    assert "Readers will see “50” where you typed “*50”." in html


DOSES = "Take *50 mg*, then <50 mg> with **food**.\n- 2\n> 50 mg is too much"
FORMS = [("item-action", "note", "clinical"), ("item-action", "answer", "body"), ("post-action", "note", "body")]


@pytest.mark.parametrize(("url", "action", "field"), FORMS)
def test_a_clinicians_text_is_shown_as_readers_will_see_it_without_javascript(
    client, say, maya, dr_okafor, url, action, field
):
    post = say(maya, "Can I take it with food?", public=url == "post-action")
    pk = post.pk if url == "post-action" else ReviewItem.objects.get(post=post).pk
    client.force_login(dr_okafor)
    name = f"{action}-{field}"
    html = client.post(reverse(f"forum:{url}", args=[pk, action]), {name: DOSES, "do": "preview"}).content.decode()
    assert "<strong>food</strong>" in html
    assert "Readers will see “" in html
    assert DOSES.split("\n", maxsplit=1)[0].replace("<", "&lt;").replace(">", "&gt;") in html  # nothing typed is lost
    assert (ClinicalNote.objects.count(), Post.objects.count()) == (0, 1)


def test_the_preview_while_typing_is_the_same(client, dr_okafor):
    client.force_login(dr_okafor)
    url = reverse("forum:markdown-preview-fragment")
    html = client.post(url, {"field": "note-clinical", "note-clinical": DOSES}).content.decode()
    assert "<strong>food</strong>" in html
    assert "Readers will see “" in html
    assert (
        client.post(url, {"field": "note-clinical", "note-clinical": "Take it with food."})
        .content.decode()
        .count("Readers will see")
        == 0
    )
    assert client.post(url, {"field": "csrf", "other": DOSES}).content.decode().strip() == ""
    assert (
        client.post(url, {"field": "x", "x": "<script>alert(1)</script>" * 1000}).content.decode().count("<script") == 0
    )
