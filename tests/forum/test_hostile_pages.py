"""Over a thousand hostile texts as posts, titles, warnings and names: every page that shows them stays well formed."""

import json
import re
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from forum.models import Post, Thread
from forum.text.unicode_sanitizer import strip_invalid_characters
from tests.forum.hostile import NASTY, entries_of_feed, faults_of_page, mixtures

POSTS, EACH = 19, 60


@pytest.fixture
def thread(settings, say, maya, noah, dr_lind):
    """A thread of posts with sixty hostile texts each, and waiting posts, by authors with hostile names."""
    settings.FORUM_POSTS_PER_HOUR_NEW = settings.FORUM_LINKS_PER_POST = 10_000
    found = say(maya, NASTY[0], title=NASTY[0], warning=NASTY[4]).thread
    for n, text in enumerate(mixtures(POSTS, seed=4, pieces=EACH)):
        say(
            noah if n % 2 else maya,
            strip_invalid_characters(f"{n}\n\n{text}"),
            found,
            warning=strip_invalid_characters(NASTY[n % len(NASTY)])[:80] if n % 3 == 0 else "",
        )
    for text in map(strip_invalid_characters, NASTY[::2]):
        say(noah, f"first {text}"[:9000], title=text[:140].strip() or "x")
    say(noah, strip_invalid_characters("waits " + mixtures(1, seed=5, pieces=EACH)[0]), found, public=False)
    User.objects.filter(pk=noah.pk).update(display_name="<script>alert(1)</script>\"'onx=", profile_public=True)
    return Thread.objects.get(pk=found.pk)


def pages(thread, noah):
    last = Post.objects.filter(author=noah).latest("pk")
    first = thread.posts.get(position=1)
    yield from (reverse("forum:index"), thread.category.get_absolute_url(), thread.get_absolute_url())
    yield from (f"{thread.category.get_absolute_url()}?show=unanswered&before={NASTY[0]}", "/guide/small/")
    yield from (reverse("forum:my-posts"), reverse("forum:my-post", args=[last.pk]), reverse("forum:bookmarks"))
    yield from (reverse("forum:edit-post", args=[last.pk]), f"{thread.get_absolute_url()}reply/?quote={first.pk}")
    yield from (reverse("forum:report-post", args=[first.pk]), reverse("accounts:profile", args=[noah.pk]))
    yield from (reverse("forum:review-queue"), reverse("forum:review", args=[last.revisions.get().pk]))
    yield from (
        reverse("forum:review-item", args=[last.review_items.latest("pk").pk]),
        reverse("forum:moderate-post", args=[first.pk]),
    )


def test_every_page_stays_well_formed_and_runs_nothing(client, thread, article, noah, dr_lind):
    shown, found = [], []
    for who in (None, noah, dr_lind):
        if who:
            client.force_login(who)
        answers = [client.get(url) for url in pages(thread, noah)]
        readable = [answer for answer in answers if answer.status_code == 200]
        found += [(a.request["PATH_INFO"], fault) for a in readable for fault in faults_of_page(a.content.decode())]
        shown.append(len(readable))
    assert (found, shown) == ([], [6, 12, 13])
    check_what_programs_read(client, thread)


def check_what_programs_read(client, thread):
    assert len(entries_of_feed(client.get(reverse("forum:thread-feed", args=[thread.pk])).content)) == POSTS + 1
    room = entries_of_feed(client.get(reverse("forum:category-feed", args=[thread.category.slug])).content)
    assert len(room) == Thread.objects.published().count()
    ElementTree.fromstring(client.get("/sitemap-threads.xml").content)  # our own
    client.logout()
    html = client.get(thread.get_absolute_url()).content.decode()
    assert json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html)[1])["@graph"]


@pytest.mark.parametrize("seed", range(3))
def test_the_search_page_stays_well_formed_with_hostile_queries(client, category, seed):
    for text in [*NASTY[seed::3], *mixtures(8, seed)]:
        cache.clear()
        for where in ("", "forum"):
            answer = client.get("/search/", {"q": text, "in": where, "author": text, "category": text, "since": text})
            assert (answer.status_code, faults_of_page(answer.content.decode(), echo=True)) == (200, [])


def test_hostile_posts_are_refused_with_a_message_or_wait(client, settings, category, maya):
    settings.FORUM_LEAST_SECONDS, settings.FORUM_POSTS_PER_HOUR_NEW = 0, 1000
    client.force_login(maya)
    new = reverse("forum:new-thread", args=[category.slug])
    for text in NASTY:
        for do in ("preview", "send"):
            answer = client.post(new, {"title": text, "body": text, "warning": text, "key": uuid4(), "do": do})
            assert answer.status_code == 302 or faults_of_page(answer.content.decode(), echo=True) == []
    assert not Thread.objects.published().exists()


@pytest.mark.parametrize(
    "raw", [b"%00", b"%ED%A0%80", b"%FF%FE", b"%C0%AF", b"%F4%90%80%80", b"%", b"%u0041", b"a%0D%0Ab"]
)
def test_invalid_encodings_cause_no_errors(client, category, maya, raw):
    client.force_login(maya)
    new = reverse("forum:new-thread", args=[category.slug])
    body = b"title=" + raw + b"&body=" + raw + b"&warning=" + raw + b"&key=" + raw
    answer = client.post(new, body, content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, faults_of_page(answer.content.decode(), echo=True)) == (200, [])
    for path in ("/forum/in/starting/", "/search/", "/forum/mine/", "/forum/similar/", "/forum/bookmarks/"):
        for name in ("q", "show", "before", "page", "title", "in", "author", "as_of"):
            assert client.get(path, QUERY_STRING=f"{name}={raw.decode()}").status_code in (200, 302)
