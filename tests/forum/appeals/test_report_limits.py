from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from forum.models import Report, ReviewItem


@pytest.fixture
def post_urls(published, maya):
    """Publish this many posts, and return the addresses at which to report them."""
    return lambda count: [
        reverse("forum:report-post", args=[published(maya, f"Question {n}.").pk]) for n in range(count)
    ]


def report(client, url, reason="unkind", **more):
    return client.post(url, {"about": "post", "reason": reason, "note": "Look, please.", **more})


def joined(user, days):
    User.objects.filter(pk=user.pk).update(date_joined=timezone.now() - timedelta(days=days))


@pytest.mark.parametrize(("days", "taken"), [(1, 5), (30, 20)])
def test_reports_have_a_limit_and_nothing_typed_is_lost(client, noah, post_urls, days, taken):
    joined(noah, days)
    client.force_login(noah)
    answers = [report(client, url) for url in post_urls(taken + 2)]
    assert Report.objects.count() == ReviewItem.objects.filter(kind="report").count() == taken
    page = answers[-1].content.decode()
    assert "Please send it tomorrow" in page
    assert "Look, please." in page


def test_reports_of_danger_have_a_limit_of_their_own(client, noah, post_urls):
    joined(noah, 1)
    client.force_login(noah)
    urls = post_urls(19)
    for url in urls[:7]:
        report(client, url)
    for url in urls[7:]:
        report(client, url, "worried-overdose")
    assert Report.objects.filter(reason="unkind").count() == 5
    assert Report.objects.filter(reason="worried-overdose").count() == 10
    assert "call a help line" in report(client, urls[-1], "worried-overdose").content.decode()


def test_reports_on_members_and_on_posts_count_together(client, noah, maya, post_urls):
    joined(noah, 1)
    client.force_login(noah)
    for url in post_urls(5):
        report(client, url)
    User.objects.filter(pk=maya.pk).update(profile_public=True)
    answer = client.post(reverse("forum:report-member", args=[maya.pk]), {"reason": "unkind"})
    assert (answer.status_code, Report.objects.filter(member=maya).count()) == (200, 0)
