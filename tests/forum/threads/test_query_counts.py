"""Query counts for one row and for three: at most 4 for a visitor's thread, 8 for a member's."""

from uuid import uuid4

import pytest
from django.urls import reverse

from forum.models import Category

pytestmark = pytest.mark.parametrize("rows", [1, 3])
PERSON = 2  # session; person with the names of their groups
HELP = 1  # the help lines of every page


@pytest.fixture
def thread(rows, published, maya, noah, dr_lind):
    """Maya's thread with `rows` posts; each reply by someone else, none quoting."""
    thread = published(maya, "Question.").thread
    for n, who in zip(range(rows - 1), (noah, dr_lind), strict=False):
        published(who, f"Reply {n}.", thread)
    thread.refresh_from_db()
    return thread


def test_a_visitors_thread_costs_at_most_four_queries(client, thread, django_assert_num_queries):
    with django_assert_num_queries(2 + HELP):  # thread, posts
        client.get(thread.get_absolute_url())


def test_a_members_thread_costs_at_most_eight_queries(client, thread, noah, django_assert_num_queries):
    client.force_login(noah)
    with django_assert_num_queries(PERSON + 4 + HELP):  # thread, posts; may they reply: sanctions, blocks
        client.get(thread.get_absolute_url())


def test_a_moderators_thread_costs_at_most_nine_queries(client, thread, dr_okafor, django_assert_num_queries):
    client.force_login(dr_okafor)
    with django_assert_num_queries(PERSON + 6 + HELP):  # as a member’s, the second factor, and the number in the header
        page = client.get(thread.get_absolute_url()).content.decode()
    assert reverse("forum:moderate-thread", args=[thread.pk]) in page


def test_a_members_list_costs_at_most_six_queries(
    client, rows, published, maya, noah, category, django_assert_num_queries
):
    for n in range(rows):
        published((maya, noah)[n % 2], f"Question {n}.")
    client.force_login(noah)
    with django_assert_num_queries(PERSON + 4 + HELP):  # category, threads, standing threads; may they write: sanctions
        client.get(category.get_absolute_url())


def test_a_members_index_has_a_constant_query_count(
    client, rows, published, maya, noah, category, django_assert_num_queries
):
    for n in range(rows):
        Category.objects.create(slug=f"c{n}", title=f"C{n}", purpose="p", position=n)
        published(maya, f"Question {n}.")
    client.force_login(noah)
    with django_assert_num_queries(
        PERSON + 6 + HELP
    ):  # categories, waiting time, standing threads; new, latest, unanswered
        client.get(reverse("forum:index"))


def test_my_posts_has_a_constant_query_count(client, rows, say, maya, django_assert_num_queries):
    for n in range(rows):
        say(maya, f"Question {n}.", public=n != 1)
    client.force_login(maya)
    with django_assert_num_queries(PERSON + 3 + HELP):  # drafts; posts with their last texts; waiting time
        client.get(reverse("forum:my-posts"))


def test_the_queue_has_a_constant_query_count(client, rows, say, maya, noah, dr_okafor, django_assert_num_queries):
    for n in range(rows):
        say((maya, noah)[n % 2], f"Question {n}.", public=False)
    client.force_login(dr_okafor)
    client.get(reverse("forum:review-queue"))
    duty = 3  # second factor, credential, sanctions
    # rows, matches, matches of other texts, counts of page and header, two choices, undo of actions, undo of lanes, views, rest;
    # handover notes, who looks at the rows; three about the authors: published posts, help cards, earlier items in red
    with django_assert_num_queries(PERSON + duty + 17 + HELP):
        client.get(reverse("forum:review-queue"))


def test_a_reply_takes_a_constant_number_of_queries(client, thread, noah, django_assert_num_queries):
    client.force_login(noah)
    with django_assert_num_queries(23):  # among them the savepoint that a test has for a transaction
        client.post(f"{thread.get_absolute_url()}reply/", {"body": "I had that too.", "key": uuid4()})
