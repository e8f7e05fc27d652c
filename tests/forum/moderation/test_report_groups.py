"""Reports by one member take one row of the list, so that they don’t push posts out of sight."""

import pytest
from django.urls import reverse

from forum.appeals.reports import report_post
from forum.models import Lane, ReviewItem
from forum.moderation.claims import claim_next
from tests.factories import published_post


@pytest.fixture
def posts(published, maya):
    return [published(maya, f"Question {n}.") for n in range(4)]


@pytest.fixture
def listed(client, dr_okafor):
    client.force_login(dr_okafor)

    def listed(**query):
        html = client.get(reverse("forum:review-queue"), query).content.decode()
        return html, [
            row for row in ReviewItem.objects.filter(kind="report").order_by("pk") if f"/item/{row.pk}/" in html
        ]

    return listed


def test_many_reports_by_one_member_take_one_row(posts, listed, noah):
    for post in posts:
        report_post(post, by=noah, reason="unkind")
    html, rows = listed()
    first = ReviewItem.objects.filter(kind="report").order_by("pk").first()
    assert (rows, "3 more reports by the same member" in html) == ([first], True)
    html, rows = listed(group=first.pk)
    assert (len(rows), "by the same member" in html) == (4, False)


def test_a_report_by_someone_else_too_has_its_own_row(posts, listed, noah, elif_):
    for post in posts:
        report_post(post, by=noah, reason="unkind")
    report_post(posts[2], by=elif_, reason="unkind")
    assert [item.post for item in listed()[1]] == [posts[0], posts[2]]


def test_red_is_never_in_a_group(posts, listed, noah):
    for post in posts:
        report_post(post, by=noah, reason="unkind")
    report_post(posts[3], by=noah, reason="worried-self-harm")
    assert [(item.post, item.lane) for item in listed()[1]] == [(posts[0], Lane.AMBER), (posts[3], Lane.RED)]


def test_the_group_shows_what_this_moderator_may_decide(posts, category, listed, noah, dr_okafor, dr_lind):
    own = published_post(dr_okafor, "My own post.", by=dr_lind, category=category)
    report_post(own, by=noah, reason="unkind")
    report_post(posts[0], by=noah, reason="unkind")
    html, rows = listed()
    assert ([item.post for item in rows], "by the same member" in html) == ([posts[0]], False)


def test_the_next_item_walks_through_the_group(posts, noah, dr_okafor):
    for post in posts[:2]:
        report_post(post, by=noah, reason="unkind")
    assert [claim_next(dr_okafor).post for _ in range(2)] == posts[:2]


@pytest.mark.parametrize("group", ["²", "9" * 30, "x", "0"])
def test_an_unknown_group_is_no_error(listed, group):
    assert listed(group=group)[1] == []
