from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Block
from forum.members.reactions_and_follows import mark_read
from forum.models import Category, Duty, Subscription, Thread
from forum.moderation.text_decisions import approve
from forum.threads.pagination import PER_PAGE


def page(client, url, **data):
    return client.get(url, data).content.decode()


def titles(client, category, **data):
    return [t.title for t in client.get(category.get_absolute_url(), data).context["threads"]]


@pytest.fixture(autouse=True)
def _many_posts(settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = 1000


def test_filters_select_threads_and_an_unknown_filter_selects_all(client, published, maya, noah, dr_lind, category):
    asked = published(maya, "Q Asked.", title="Asked").thread
    talked = published(maya, "Q Talked.", title="Talked").thread
    published(noah, "A.", talked)
    answered = published(maya, "Q Answered.", title="Answered").thread
    reply = published(dr_lind, "A.", answered)
    Thread.objects.filter(pk=answered.pk).update(answer=reply)
    everything = ["Answered", "Talked", "Asked"]
    assert titles(client, category, show="unanswered") == ["Asked"]
    assert titles(client, category, show="answered") == ["Answered"]
    for show in ("", "x", "mine", "unread", "following", "' or 1=1"):
        assert titles(client, category, show=show) == everything
    client.force_login(noah)
    mark_read(Thread.objects.get(pk=talked.pk), by=noah, position=2)
    Subscription.objects.create(user=noah, thread=asked)
    assert titles(client, category, show="mine") == ["Talked"]
    assert titles(client, category, show="unread") == ["Answered", "Asked"]
    assert titles(client, category, show="following") == ["Asked"]


@pytest.mark.parametrize("show", ["", "unread"])
def test_pages_neither_lose_nor_repeat_threads_while_posts_arrive(client, published, maya, noah, category, show):
    threads = [published(maya, f"Question {n}.", title=f"Title {n}.").thread for n in range(PER_PAGE + 5)]
    client.force_login(noah)
    first = client.get(category.get_absolute_url(), {"show": show})
    published(maya, "New one.", title="Newcomer")
    published(maya, "Again.", threads[2])  # was on page 2
    published(maya, "And again.", threads[-1])  # was on page 1
    second = client.get(category.get_absolute_url(), {"show": show, "before": first.context["older"]})
    found = [t.title for response in (first, second) for t in response.context["threads"]]
    assert found == [f"Title {n}." for n in range(PER_PAGE + 4, -1, -1)]
    assert second.context["older"] == ""


def test_lists_count_new_posts_including_late_approvals(client, say, published, maya, noah, dr_okafor, category):
    thread = published(maya, "Question.").thread
    late = say(maya, "Late.", thread, public=False)
    thread = published(maya, "Early.", thread).thread
    client.force_login(noah)
    assert "2 new<" in page(client, category.get_absolute_url())
    mark_read(thread, by=noah, position=2)
    assert " new<" not in page(client, category.get_absolute_url())
    approve(late.revisions.get(), by=dr_okafor)
    assert "1 new<" in page(client, category.get_absolute_url())
    assert "#post-3" in page(client, thread.get_absolute_url())
    client.logout()
    assert " new<" not in page(client, category.get_absolute_url())


@pytest.mark.parametrize("count", [1, 3])
def test_a_members_list_costs_at_most_six_queries_on_every_page(
    client, published, maya, category, count, django_assert_max_num_queries
):
    for n in range(count):
        published(maya, f"Question {n}.")
    client.force_login(maya)
    for before in ("", f"{timezone.now().isoformat()}_{10**9}_{timezone.now().isoformat()}"):
        with django_assert_max_num_queries(6):
            client.get(category.get_absolute_url(), {"show": "unread", "before": before})
    client.logout()
    with django_assert_max_num_queries(4):
        client.get(category.get_absolute_url(), {"before": before})


def test_the_latest_thread_on_the_index_is_one_the_user_may_read(client, published, maya):
    published(maya, "Q For.", title="For all")
    published(maya, "Q Inner.", title="Inner", members_only=True)
    html = page(client, reverse("forum:index"))
    assert "For all" in html
    assert "Inner" not in html
    client.force_login(maya)
    assert "Inner" in page(client, reverse("forum:index"))
    client.logout()
    Category.objects.update(members_only=True)
    assert "For all" not in page(client, reverse("forum:index"))


def test_the_index_names_moderators_on_duty_or_the_next_duty(client, category, dr_okafor, dr_lind, maya):
    now, hour = timezone.now(), timedelta(hours=1)
    index = reverse("forum:index")
    assert "duty" not in page(client, index)
    Duty.objects.create(moderator=maya, starts_at=now - hour, ends_at=now + hour)  # no longer a moderator
    Duty.objects.create(moderator=dr_lind, starts_at=now + hour, ends_at=now + 2 * hour)
    begins = (now + hour).strftime("%Y-%m-%dT%H:%M")
    assert f'No moderator is on duty until <time datetime="{begins}' in page(client, index)
    Duty.objects.create(moderator=dr_okafor, starts_at=now - hour, ends_at=now + hour)
    html = page(client, index)
    assert "On duty now: Dr. Okafor (verified physician)." in html
    assert "Dr. Lind" not in html


def index(client):
    context = client.get(reverse("forum:index")).context
    return {name: [t.title for t in context[name]] for name in ("for_you", "latest", "unanswered")}


def test_the_home_of_the_forum_shows_what_is_new_latest_and_unanswered(client, published, maya, noah, dr_lind):
    mine = published(noah, "Q.", title="Mine").thread
    followed = published(maya, "Q.", title="Followed").thread
    published(maya, "Q.", title="Elsewhere")
    answered = published(maya, "Q.", title="Answered").thread
    reply = published(dr_lind, "A.", answered)
    Thread.objects.filter(pk=answered.pk).update(answer=reply)
    published(maya, "A reply to Noah.", mine)
    Subscription.objects.create(user=noah, thread=followed)
    assert index(client) == {
        "for_you": [],
        "latest": ["Mine", "Answered", "Elsewhere", "Followed"],
        "unanswered": ["Mine", "Elsewhere", "Followed"],
    }
    client.force_login(noah)
    assert index(client)["for_you"] == ["Mine", "Followed"]
    for thread in Thread.objects.all():
        mark_read(thread, by=noah, position=9)
    assert index(client)["for_you"] == []
    html = page(client, reverse("forum:index"))
    assert "Nothing new. Replies appear here" in html


def test_own_posts_and_what_was_there_before_a_member_joined_are_not_new(client, published, maya, noah, category):
    old = published(maya, "Before.", title="Before").thread
    noah.date_joined = timezone.now()
    noah.save()
    published(noah, "My own.", title="My own")
    published(noah, "My reply.", old)
    published(maya, "After.", title="After")
    published(maya, "After too.", old)
    client.force_login(noah)
    new = {t.title: t.new_posts for t in client.get(category.get_absolute_url()).context["threads"]}
    assert new == {"Before": 1, "My own": 0, "After": 1}
    assert titles(client, category, show="unread") == ["Before", "After"]


def test_all_threads_are_listed_with_the_same_filters(client, published, maya, noah, category):
    other = Category.objects.create(slug="other", title="Other", purpose="p", position=2)
    published(maya, "Q.", title="One")
    Thread.objects.filter(pk=published(maya, "Q.", title="Two").thread.pk).update(category=other)
    published(maya, "Q.", title="Inner", members_only=True)

    def shown(**data):
        return [t.title for t in client.get(reverse("forum:threads"), data).context["threads"]]

    assert shown() == ["Two", "One"]
    assert shown(show="waiting") == ["One"]
    assert shown(show="mine") == ["Two", "One"]  # a filter of members
    client.force_login(noah)
    assert shown() == ["Inner", "Two", "One"]
    assert shown(show="mine") == []


def test_rows_show_the_opening_line_and_writers_but_no_one_who_is_anonymous(client, published, maya, noah, category):
    thread = published(maya, "I **feel** sick.", title="Sick", anonymous=True).thread
    published(noah, "Me too.", thread)
    published(noah, "Harm.", title="Harm", warning="Injury")
    html = page(client, category.get_absolute_url())
    assert "I feel sick." in html
    assert "Anonymous member 1" in html
    assert "Maya" not in html
    assert "1 reply, last by Noah" in html
    assert "Content warning: Injury" in html
    assert "Harm." not in html


def test_the_opening_line_of_a_muted_member_is_not_shown(client, published, maya, noah, category):
    published(maya, "Loud words.", title="By name")
    published(maya, "Secret words.", title="Anonymously", anonymous=True)
    Block.objects.create(owner=noah, other=maya, kind="mute")
    client.force_login(noah)
    html = page(client, category.get_absolute_url())
    assert ("Loud words." in html, "Secret words." in html) == (False, True)


@pytest.mark.parametrize(("policy", "named"), [("review-first", False), ("review-after", True)])
def test_the_index_names_categories_where_posts_appear_first(client, maya, policy, named):
    Category.objects.create(slug="wins", title="Small wins", purpose="p", policy=policy, position=9)
    promise = "In “Small wins”, posts by trusted members appear right away and are read afterwards."
    lead = client.get("/forum/").content.decode().split('class="lead"')[1].split("</p>")[0]
    assert (promise in " ".join(lead.split()), "reads posts before they appear" in " ".join(lead.split())) == (
        named,
        True,
    )
    client.force_login(maya)
    html = " ".join(client.get("/forum/in/wins/new/").content.decode().split())
    assert ("Here, posts by trusted members appear right away" in html) == named
    assert ("A clinician reads every post before it appears" in html) != named
