import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import Block, Sanction, User
from forum.appeals.reports import report_author, report_member, report_post
from forum.models import Report


def test_a_second_report_by_the_same_member_returns_the_first(published, maya, noah):
    post = published(maya, "Question.")
    first, new = report_post(post, by=noah, reason="spam", note="Look.")
    again, newer = report_post(post, by=noah, reason="dose")
    assert (first, new, newer) == (again, True, False)
    assert Report.objects.get().note == "Look."


def test_a_member_can_report_again_after_a_decision_and_others_at_any_time(published, maya, noah, elif_):
    post = published(maya, "Question.")
    report_post(post, by=noah, reason="spam")
    Report.objects.update(state="kept")
    assert report_post(post, by=noah, reason="dose")[1]
    assert report_post(post, by=elif_, reason="dose")[1]


def test_the_database_allows_one_open_report_per_reporter(published, maya, noah):
    post = published(maya, "Question.")
    for about in ({"post": post}, {"member": maya}):
        Report.objects.create(by=noah, reason="spam", **about)
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.create(by=noah, reason="spam", **about)
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(by=noah, reason="spam", post=post, member=maya)


def test_members_cannot_report_themselves(published, maya):
    post = published(maya, "Question.")
    for attempt in (
        lambda: report_post(post, by=maya, reason="spam"),
        lambda: report_member(maya, by=maya, reason="spam"),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_a_member_can_be_reported_once_at_a_time_and_not_after_erasure(say, maya, noah):
    assert report_member(maya, by=noah, reason="unkind")[1]
    assert not report_member(maya, by=noah, reason="unkind")[1]
    User.objects.filter(pk=maya.pk).update(state="erased")
    maya.refresh_from_db()
    with pytest.raises(PermissionDenied):
        report_member(maya, by=noah, reason="unkind")


def test_a_report_on_an_anonymous_author_is_about_the_post_and_compares_no_one(published, maya, noah):
    """Otherwise the answer “already reported” would tell which of the reported members wrote it."""
    named = published(maya, "By name.")
    hidden = published(maya, "In secret.", named.thread, anonymous=True)
    assert report_author(named, by=noah, reason="unkind")[1]
    report, new = report_author(hidden, by=noah, reason="unkind")
    assert (report.post, report.member, report.about_author, new) == (hidden, None, True, True)
    assert not report_author(hidden, by=noah, reason="unkind")[1]
    assert report_post(hidden, by=noah, reason="unkind")[1]


@pytest.mark.parametrize("state", ["leaving", "erased"])
def test_the_author_of_a_post_can_be_reported_whatever_became_of_their_account(state, published, maya, noah):
    post = published(maya, "By name.")
    User.objects.filter(pk=maya.pk).update(state=state)
    assert report_author(post, by=noah, reason="unkind")[0].about_author


def test_a_blocked_member_can_report_but_a_suspended_one_cannot(published, maya, noah, vera):
    post = published(maya, "Question.")
    Block.objects.create(owner=maya, other=noah, kind="block")
    assert report_post(post, by=noah, reason="spam")[1]
    Sanction.objects.create(user=noah, kind="suspension", reason="r", message="m", by=vera)
    with pytest.raises(PermissionDenied):
        report_member(maya, by=noah, reason="spam")


def test_new_house_rules_keep_no_one_from_reporting_danger(published, maya, noah):
    User.objects.filter(pk=noah.pk).update(rules_accepted=0)
    noah.refresh_from_db()
    assert report_post(published(maya, "Question."), by=noah, reason="worried-overdose")[1]


@pytest.mark.django_db(transaction=True)
def test_ten_reports_sent_at_once_create_one(published, maya, noah):
    post, made = published(maya, "Question."), []

    def send():
        made.append(report_post(post, by=noah, reason="spam")[1])
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(10)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (sorted(made), Report.objects.count()) == ([False] * 9 + [True], 1)


def test_after_a_report_its_author_can_be_muted_or_blocked_unless_they_are_anonymous(client, say, maya, noah):
    named, anonymous = say(noah, "Words."), say(noah, "More words.", anonymous=True)
    client.force_login(maya)
    for post, offered in ((named, True), (anonymous, False)):
        url = reverse("forum:report-post", args=[post.pk])
        html = client.post(
            url, {"about": "post", "reason": "unkind", "note": "Please read."}, follow=True
        ).content.decode()
        assert (reverse("forum:block-author", args=[post.pk]) in html) == offered


def test_a_report_without_a_reason_says_what_to_choose(client, say, maya, noah):
    client.force_login(maya)
    url = reverse("forum:report-post", args=[say(noah, "Words.").pk])
    html = client.post(url, {"about": "post", "reason": "", "note": ""}).content.decode()
    assert "Choose what’s wrong." in html
