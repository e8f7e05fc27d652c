"""The forum without JavaScript, hostile content on a phone, and accessibility of members' pages."""

from uuid import uuid4

import pytest
from playwright.sync_api import expect

from forum.models import Category, Post, PostRevision, Reaction, Report, Subscription, Thread
from forum.moderation.text_decisions import approve
from forum.posting.posts import PostText, reply, start_thread
from forum.text.unicode_sanitizer import strip_invalid_characters, strip_unsafe_characters
from tests.e2e.page_checks import faults_at
from tests.forum.hostile import NASTY, mixtures

PHONE = {"width": 360, "height": 740}

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def room(site):
    return Category.objects.create(slug="first", title="Starting", purpose="First weeks.", clinical=True, position=1)


def asked(room, who, by, body="With breakfast?", title="When do you take it?", **words):
    post = start_thread(room, PostText(strip_invalid_characters(body), title=title, **words), by=who, key=uuid4())
    approve(post.revisions.get(), by=by)
    return Thread.objects.get(pk=post.thread_id)


def answered(thread, who, by, body="With food."):
    post = reply(thread, PostText(strip_invalid_characters(body)), by=who, key=uuid4())
    approve(post.revisions.get(), by=by)
    return post


def from_menu(page, menu, role, name):
    page.locator("summary", has_text=menu).first.click()
    page.get_by_role(role, name=name).click()


def confirmed(page, name):
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name=name).click()


def test_members_can_do_everything_without_javascript(browse, room, maya, noah, dr_okafor, settings):
    settings.FORUM_MIN_FORM_SECONDS = 0
    page = browse(noah, java_script_enabled=False, viewport=PHONE)
    page.goto("/forum/in/first/")
    page.get_by_role("link", name="Start a thread").click()
    page.get_by_label("Title").fill("Sleep")
    page.get_by_label("Your post").fill("I **sleep** badly.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview strong")).to_have_text("sleep")
    page.get_by_role("button", name="Send for review").click()
    expect(page.get_by_role("heading", name="Your post")).to_be_visible()
    approve(PostRevision.objects.get(), by=dr_okafor)
    thread = Thread.objects.get()
    answered(thread, maya, dr_okafor, "Tea helps.")
    page.goto("/forum/mine/")
    page.get_by_role("link", name="Sleep").first.click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Your post").fill("I sleep better.")
    page.get_by_role("button", name="Send for review").click()
    page.goto(thread.get_absolute_url())
    expect(page.get_by_text("badly")).to_be_visible()  # the edit waits
    from_menu(page, "React", "button", "Thanks")
    page.get_by_role("button", name="Follow this thread").click()
    from_menu(page, "More for post 2", "link", "Quote post 2")
    expect(page.get_by_label("Your post")).to_have_value("> Tea helps.\n\n")
    page.get_by_label("Your post").fill("> Tea helps.\n\nIt did.")
    page.get_by_role("button", name="Send for review").click()
    confirmed(page, "Withdraw post")
    page.goto(thread.get_absolute_url())
    from_menu(page, "More for post 2", "link", "Report post 2")
    page.get_by_label("What’s wrong?").select_option("dose")
    page.get_by_role("button", name="Send the report").click()
    page.goto(f"/forum/mine/{thread.posts.get(position=1).pk}/")
    confirmed(page, "Delete post")
    page.goto(thread.get_absolute_url())
    expect(page.get_by_text("This post was deleted by its author.")).to_be_visible()
    assert [m.objects.filter(**k).count() for m, k in KEPT] == [1, 1, 1, 1, 1]


KEPT = [
    (Reaction, {}),
    (Subscription, {"thread__isnull": False}),
    (Report, {}),
    (Post, {"state": "withdrawn", "quoted__isnull": False}),
    (Post, {"state": "deleted"}),
]


def test_a_visitor_pages_and_searches_without_javascript(browse, room, maya, noah, dr_okafor, settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = 100
    thread = asked(room, maya, dr_okafor)
    for n in range(20):
        answered(thread, noah, dr_okafor, f"Answer {n}.")
    page = browse(java_script_enabled=False, viewport=PHONE)
    page.goto(thread.get_absolute_url())
    page.get_by_role("link", name="Later posts").click()
    expect(page.get_by_text("Answer 19.")).to_be_visible()
    page.goto("/search/?in=forum")
    page.locator("main").get_by_role("searchbox").fill("breakfast")
    page.locator("main").get_by_role("button", name="Search").click()
    page.get_by_role("link", name="When do you take it?").click()
    expect(page.get_by_text("With breakfast?")).to_be_visible()


def test_hostile_members_change_nothing_on_a_phone(browse, room, maya, noah, dr_okafor, settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = settings.FORUM_LINKS_PER_POST = 10_000
    thread = asked(room, maya, dr_okafor, NASTY[0], title="W" * 140)
    for n, text in enumerate([*NASTY[::2], *mixtures(12, seed=9, pieces=60)]):
        answered(thread, (maya, noah)[n % 2], dr_okafor, f"{n}\n\n{text}"[:9900])
    for text in NASTY[1::4]:
        asked(room, noah, dr_okafor, f"Of {text}"[:9000], strip_unsafe_characters(text)[:140], warning="W" * 80)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    pages = [thread.get_absolute_url(), f"{thread.get_absolute_url()}?page=2", "/forum/", "/forum/in/first/"]
    visitor, member = browse(viewport=PHONE), browse(noah, viewport=PHONE)
    for page, more in (
        (visitor, ["/search/?in=forum&q=deep", "/search/?in=forum&q=" + "W" * 200]),
        (member, ["/forum/mine/"]),
    ):
        for address in (*pages, *more):
            page.goto(address)
            page.evaluate("document.querySelectorAll('main details').forEach(each => { each.open = true })")
            assert (address, page.evaluate(wide)) == (address, False)
            expect(page.locator("footer")).to_have_count(1)


def test_axe_finds_nothing_on_the_pages_that_only_members_have(browse, room, maya, noah, dr_okafor):
    thread = asked(room, noah, dr_okafor, warning="Talk of sleep.")
    answer = answered(thread, maya, dr_okafor)
    mine = reply(thread, PostText("It waits.", anonymous=True), by=noah, key=uuid4())
    noah.drafts.create(category=room, form_data={"title": "Draft", "body": "Half a"}, key=uuid4())
    noah.bookmarks.create(post=answer)
    paths = [
        "/forum/bookmarks/",
        "/forum/mine/",
        f"/forum/mine/{mine.pk}/",
        "/account/inbox/",
        f"/forum/post/{mine.pk}/edit/",
    ]
    paths += [f"{thread.get_absolute_url()}reply/?quote={answer.pk}", "/search/?in=forum&q=food"]
    found = faults_at(browse(noah), *paths)
    found += faults_at(browse(), "/search/?in=forum&q=food", "/search/?in=forum&q=nothing-like-it")
    assert found == []
