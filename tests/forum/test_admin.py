from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from zeal import zeal_ignore

from accounts.models import User
from forum.appeals.reports import report_author, report_post
from forum.models import Category, Decision, Duty, Report, Thread
from forum.moderation.report_decisions import refer_author_to_staff, uphold_report
from forum.permissions import CATEGORY_CLOSED, can_withdraw_post
from forum.posting.posts import PostText, reply, start_thread

FORM = {
    **{"title": "Starting", "purpose": "New words.", "policy": "review-first", "clinical": "on", "position": "3"},
    "visitor_questions_per_day": "0",
}


@pytest.fixture
def desk(client, db):
    client.force_login(User.objects.create_superuser("admin@example.org", "pw", display_name="Ada"))
    return client


def url(model, what="changelist", *args):
    return reverse(f"admin:forum_{model}_{what}", args=args)


def test_a_verifier_reads_what_a_sanction_may_be_about_but_not_who_reported_it(
    client, vera, published, maya, noah, dr_okafor
):
    named, hidden = published(maya, "You fools."), published(maya, "Fools, all.", anonymous=True)
    report_author(named, by=noah, reason="unkind", note="She shouts.")
    uphold_report(Report.objects.get(member=maya), by=dr_okafor, reason="")
    report_author(hidden, by=noah, reason="unkind", note="Someone shouts.")
    refer_author_to_staff(Report.objects.get(post=hidden), by=dr_okafor)
    client.force_login(vera)
    with zeal_ignore():  # who is logged in and who is shown are two people
        html = client.get(reverse("admin:accounts_user_change", args=[maya.pk])).content.decode()
    for words in ("She shouts.", "Someone shouts.", "about an anonymous post", "You fools."):
        assert words in html
    assert ("Fools, all." in html, "Noah" in html) == (False, False)


def test_categories_can_be_edited_but_not_their_slug(desk, category):
    desk.post(url("category", "change", category.pk), {**FORM, "slug": "other"})
    category.refresh_from_db()
    assert (category.purpose, category.position, category.slug) == ("New words.", 3, "starting")
    assert desk.post(url("category", "delete", category.pk), {"post": "yes"}).status_code == 403


def test_a_closed_category_is_read_but_takes_no_post(desk, client, published, maya, category):
    thread = published(maya, "Question.").thread
    waiting = reply(thread, PostText("Waits."), by=maya, key=uuid4())
    desk.post(url("category", "change", category.pk), {**FORM, "closed": "on"})
    with pytest.raises(PermissionDenied):
        reply(thread, PostText("Late."), by=maya, key=uuid4())
    with pytest.raises(PermissionDenied):
        start_thread(Category.objects.get(), PostText("Late.", title="Late"), by=maya, key=uuid4())
    client.force_login(maya)
    pages = [client.get(page.get_absolute_url()).content.decode() for page in (category, thread)]
    assert ["Start a thread" in pages[0], "This category is closed." in pages[0]] == [False, True]
    assert ("Question." in pages[1], CATEGORY_CLOSED in pages[1]) == (True, True)
    assert can_withdraw_post(maya, waiting)


def test_a_category_for_visitors_cannot_be_closed(desk, category):
    html = desk.post(
        url("category", "change", category.pk), {**FORM, "for_visitors": "on", "closed": "on"}
    ).content.decode()
    assert "To take no questions for now, set their number to 0." in html
    assert not Category.objects.get().closed


def test_a_clinical_category_must_be_review_first(desk, category):
    html = desk.post(url("category", "change", category.pk), {**FORM, "policy": "review-after"}).content.decode()
    assert "Posts in a clinical category must be reviewed first." in html
    assert Category.objects.get().policy == "review-first"


def test_visitors_ask_in_one_public_clinical_category(desk, category):
    change = url("category", "change", category.pk)
    html = desk.post(change, FORM | {"for_visitors": "on", "members_only": "on"}).content.decode()
    assert "Visitors can ask only in a clinical category that everyone can read." in html
    desk.post(change, FORM | {"for_visitors": "on", "visitor_questions_per_day": "7"})
    assert Category.objects.values_list("for_visitors", "visitor_questions_per_day").get() == (True, 7)
    other = Category.objects.create(slug="other", title="Other", purpose="More.", clinical=True, position=2)
    desk.post(url("category", "change", other.pk), FORM | {"title": "Other", "for_visitors": "on"})
    assert not Category.objects.get(pk=other.pk).for_visitors


def test_a_members_only_category_with_threads_cannot_be_made_public(desk, category, say, maya):
    Category.objects.update(members_only=True)
    thread = say(maya, "For members.").thread
    html = desk.post(url("category", "change", category.pk), FORM).content.decode()
    assert "Members posted here for members only." in html
    assert (Category.objects.get().members_only, Thread.objects.visible_to(AnonymousUser()).exists()) == (True, False)
    Thread.objects.filter(pk=thread.pk).update(
        category=Category.objects.create(slug="other", title="Other", position=2)
    )
    desk.post(url("category", "change", category.pk), FORM)
    assert Category.objects.get(pk=category.pk).members_only is False


def test_only_moderators_can_be_given_shifts(desk, maya, dr_lind):
    now = timezone.now()
    when = {"starts_at_0": f"{now:%Y-%m-%d}", "starts_at_1": "08:00", "ends_at_0": f"{now + timedelta(1):%Y-%m-%d}"}
    for who in (maya, dr_lind):
        desk.post(url("duty", "add"), {**when, "ends_at_1": "09:00", "moderator": who.pk})
    assert [duty.moderator for duty in Duty.objects.all()] == [dr_lind]
    late = {**when, "ends_at_0": when["starts_at_0"], "ends_at_1": "07:00", "moderator": dr_lind.pk}
    assert desk.post(url("duty", "add"), late).status_code == 200


@pytest.mark.parametrize("model", ["report", "decision", "appeal", "trust"])
def test_reports_and_decisions_are_read_only(desk, say, maya, noah, model):
    report_post(say(maya, "Question."), by=noah, reason="dose")
    assert desk.get(url(model)).status_code == 200
    assert desk.get(url(model, "add")).status_code == 403
    if model == "decision":
        row = Decision.objects.get()
        assert desk.get(url(model, "change", row.pk)).status_code == 200
        assert desk.post(url(model, "change", row.pk), {"note": "x"}).status_code == 403
        assert desk.post(url(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", ["report", "decision", "category", "duty"])
@pytest.mark.parametrize("count", [1, 3])
def test_lists_take_few_queries_for_one_and_three_rows(
    desk, say, maya, noah, dr_lind, model, count, django_assert_max_num_queries
):
    for n in range(count):
        report_post(say(maya, f"Question {n}."), by=noah, reason="dose")
        Duty.objects.create(moderator=dr_lind, starts_at=timezone.now(), ends_at=timezone.now() + timedelta(hours=1))
    with django_assert_max_num_queries(10):
        assert desk.get(url(model)).status_code == 200
