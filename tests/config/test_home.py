import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum.models import Category
from forum.moderation.post_removal import hide
from tests.conftest import empty_caches
from tests.factories import published_post

pytestmark = pytest.mark.usefixtures("guide")
TITLE = "When do you take it?"


@pytest.fixture
def category(db):
    return Category.objects.create(slug="first", title="Starting", purpose="First weeks.", clinical=True, position=1)


@pytest.fixture
def ask(category, maya, dr_okafor):
    def ask(title=TITLE, category=category):
        return published_post(maya, "With breakfast?", by=dr_okafor, category=category, title=title)

    return ask


def home(client):
    return client.get("/").content.decode()


def test_it_shows_the_latest_public_thread_of_a_category(client, ask):
    ask("At night?")
    ask()
    html = home(client)
    assert (TITLE in html, "At night?" in html) == (True, False)
    assert "Starting · 1 post" in " ".join(html.split())


def test_it_shows_the_category_with_the_latest_post_first(client, ask):
    second = Category.objects.create(slug="second", title="Family", purpose="For family.", position=2)
    ask("First thread")
    ask("Second thread", second)
    html = home(client)
    assert 0 < html.index("Second thread") < html.index("First thread")


def test_it_shows_no_members_only_thread_not_to_members_either(client, ask, maya):
    ask()
    Category.objects.update(members_only=True)
    client.force_login(maya)
    html = home(client)
    assert (TITLE in html, "No one has written yet." in html) == (False, True)


def test_it_names_no_author(client, ask):
    ask()
    assert "Maya" not in home(client)


def test_a_hidden_thread_leaves_the_cached_page_at_once(client, ask, dr_okafor, django_capture_on_commit_callbacks):
    post = ask()
    assert TITLE in home(client)
    with django_capture_on_commit_callbacks(execute=True):
        hide(post, by=dr_okafor, reason="dose")
    assert TITLE not in home(client)


def test_it_needs_as_many_queries_with_three_threads_as_with_one(client, ask, django_assert_num_queries):
    ask()
    home(client)
    empty_caches()
    with CaptureQueriesContext(connection) as one:
        home(client)
    for number in (2, 3):
        ask(category=Category.objects.create(slug=str(number), title="More", purpose="More.", position=number))
    empty_caches()
    with django_assert_num_queries(len(one)):
        html = home(client)
    assert html.count(TITLE) == 3


def test_it_links_every_group_of_the_guide_to_its_place_on_the_map(client):
    html, map_page = home(client), client.get("/guide/").content.decode()
    groups = [part.partition('"')[0] for part in html.split('href="/guide/#')[1:]]
    assert len(groups) == 3
    assert [group for group in groups if f'id="{group}"' not in map_page] == []


def test_it_says_how_to_sign_up_and_what_to_take_along(client):
    html = home(client)
    for address in (
        "/account/signup/",
        "/guide/wallet-card/",
        "/guide/questions-for-my-prescriber/",
        "/guide/overdose/",
        "/forum/",
    ):
        assert f'href="{address}"' in html


def test_home_says_that_a_question_needs_no_account_where_questions_are_taken(client, db):
    link = 'href="/forum/ask/"'
    assert link not in client.get("/").content.decode()
    Category.objects.create(title="Questions", slug="questions", clinical=True, for_visitors=True, position=9)
    empty_caches()
    assert link in client.get("/").content.decode()
