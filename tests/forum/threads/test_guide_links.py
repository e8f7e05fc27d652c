"""Guide pages next to threads, and threads below guide pages."""

import re

import pytest
from django.urls import reverse

from forum.models import Category, Thread
from forum.moderation.post_removal import remove
from forum.moderation.thread_actions import move_thread
from forum.posting.posts import delete_post
from guide.models import Article
from guide.review.revisions import Draft, publish_loaded, write_revision
from tests.conftest import empty_caches

LINK = "See [this page](/guide/small/)."


@pytest.fixture
def other(article):
    found = Article.objects.create(slug="other")
    page = Draft("Other", "Another page.", "Short.", "## One\n\nText.\n", section=article.live.section_id, position=2)
    publish_loaded(write_revision(found, page, by=None))
    return found


def box(client, thread):
    html = client.get(thread.get_absolute_url()).content.decode()
    found = re.search(r'<section class="from-guide".*?</section>', html, re.S)
    return re.findall(r'href="(/guide/[^"]+)">([^<]+)', found[0]) if found else []


def below(client, article):
    """Return the page as a visitor gets it, not from the cache."""
    empty_caches()
    html = client.get(article.get_absolute_url()).content.decode()
    found = re.search(r'<section class="related-threads".*?</section>', html, re.S)
    return re.findall(r'<a href="[^"]+">([^<]+)', found[0]) if found else []


def test_a_thread_shows_the_guide_pages_it_links_to(client, say, maya, noah, article):
    thread = say(maya, "Question.", title="Sleep").thread
    assert box(client, thread) == []
    say(noah, LINK, thread)
    assert box(client, thread) == [("/guide/small/", "Small")]


def test_a_thread_shows_only_published_guide_pages(client, published, maya, article):
    thread = published(maya, LINK).thread
    Article.objects.filter(pk=article.pk).update(live_revision=None)
    assert box(client, thread) == []


def test_a_thread_without_links_shows_its_categorys_pages(client, published, maya, noah, category, article, other):
    category.pages.add(other)
    thread = published(maya, "Question.", title="Sleep").thread
    assert box(client, thread) == [("/guide/other/", "Other")]
    published(noah, LINK, thread)
    assert box(client, thread) == [("/guide/small/", "Small")]


def test_a_guide_page_shows_the_newest_five_linking_threads(
    client, published, maya, noah, dr_okafor, vera, elif_, dr_lind, article
):
    for n, who in enumerate((maya, noah, vera, elif_, dr_lind, maya)):
        published(who, f"{LINK} {n}", title=f"Talk {n}")
    published(noah, "Nothing.", title="Something else")
    assert below(client, article) == [f"Talk {n}" for n in (5, 4, 3, 2, 1)]
    published(noah, "Up again.", Thread.objects.get(title="Talk 0"))
    assert below(client, article) == [f"Talk {n}" for n in (0, 5, 4, 3, 2)]


@pytest.mark.parametrize("reader", ["visitor", "member"])
def test_members_only_threads_are_not_shown_on_guide_pages(client, published, maya, noah, category, article, reader):
    published(maya, LINK, title="Inner", members_only=True)
    if reader == "member":
        client.force_login(noah)
    assert below(client, article) == []
    published(maya, f"{LINK} Too.", title="Room")
    assert below(client, article) == ["Room"]
    category.members_only = True
    category.save()
    assert below(client, article) == []


def test_unpublished_threads_are_not_shown(client, published, maya, noah, dr_okafor, article):
    first, second, third = (published(maya, f"{LINK} {n}", title=f"T{n}") for n in range(3))
    delete_post(first, by=maya)
    remove(second, by=dr_okafor, reason="spam")
    Thread.objects.filter(pk=third.thread_id).update(state="removed")
    assert below(client, article) == []


def test_a_cached_guide_page_drops_unpublished_threads(
    client, published, maya, dr_okafor, article, django_capture_on_commit_callbacks
):
    post = published(maya, LINK, title="Regretted")
    assert "Regretted" in client.get(article.get_absolute_url()).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        remove(post, by=dr_okafor, reason="spam")
    assert "Regretted" not in client.get(article.get_absolute_url()).content.decode()


def test_a_cached_guide_page_drops_threads_made_members_only(
    client, published, maya, dr_okafor, article, django_capture_on_commit_callbacks
):
    post = published(maya, LINK, title="Regretted")
    members = Category.objects.create(slug="members", title="Members", position=9, members_only=True)
    assert "Regretted" in client.get(article.get_absolute_url()).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        move_thread(post.thread, members, by=dr_okafor)
    assert "Regretted" not in client.get(article.get_absolute_url()).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_links_cost_a_thread_nothing_and_a_guide_page_one_query(
    client, published, maya, noah, category, article, other, rows, django_assert_num_queries
):
    category.pages.add(other)
    for n in range(rows):
        thread = published(maya, f"{LINK} {n}", title=f"T{n}").thread
        published(noah, f"[x](/guide/other/) {n}", thread)
    with django_assert_num_queries(2 + 1):  # thread, posts; help lines
        assert len(box(client, thread)) == 2
    client.get(article.get_absolute_url(), headers={"hx-request": "true"})  # another cached page, the same cached parts
    with django_assert_num_queries(3):  # article, threads, help lines
        client.get(article.get_absolute_url())


def test_administrators_choose_a_categorys_guide_pages(client, category, other, vera):
    vera.is_superuser = vera.is_staff = True
    vera.save()
    client.force_login(vera)
    page = reverse("admin:forum_category_change", args=[category.pk])
    assert 'name="pages"' in client.get(page).content.decode()
