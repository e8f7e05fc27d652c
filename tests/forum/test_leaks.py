"""Crawl every address: no unpublished text, and no members-only text for visitors."""

import re

import pytest
from django.urls import get_resolver, reverse
from django.utils.html import strip_tags

from accounts.models import Notification, OutboxEmail
from forum.models import Post, Thread
from forum.moderation.post_removal import hide, remove
from forum.moderation.text_decisions import ask_for_changes, reject
from forum.personal_data import sections
from forum.posting.posts import PostText, delete_post, edit_post, withdraw_post
from tests.conftest import empty_caches

UNREAD = ("Waitword", "Editword", "Changeword", "Rejectword", "Withdrawword", "Deleteword", "Removeword", "Hideword")
MEMBERS = "Memberword"
HEADERS = ({"HX-Request": "true"}, {"Accept": "application/json"}, {"X-Requested-With": "XMLHttpRequest"})


@pytest.fixture
def secrets(settings, say, maya, noah, dr_okafor, article):
    """A public thread, and one post in each state that is not public."""
    settings.FORUM_POSTS_PER_HOUR_NEW = 100
    thread = say(maya, "A question about [this](/guide/small/).", title="Open").thread
    say(noah, "An answer.", thread)
    words = {word: f"{word} [this](/guide/small/) @Noah" for word in (*UNREAD, MEMBERS)}

    def one(word, public):
        return say(maya, words[word], title=word, warning=word, public=public)

    say(maya, f"A reply: {words['Waitword']}", thread, public=False)
    one("Waitword", public=False)
    edit_post(thread.posts.get(position=1), PostText(words["Editword"], title="Editword", warning="Editword"), by=maya)
    ask_for_changes(one("Changeword", public=False).revisions.get(), by=dr_okafor, reason="dose", note="Please.")
    reject(one("Rejectword", public=False).revisions.get(), by=dr_okafor, reason="dose", note="Please.")
    withdraw_post(one("Withdrawword", public=False), by=maya)
    delete_post(one("Deleteword", public=True), by=maya)
    remove(one("Removeword", public=True), by=dr_okafor, reason="dose", note="Please.")
    hide(one("Hideword", public=True), by=dr_okafor, reason="dose")
    say(maya, words[MEMBERS], title=MEMBERS, members_only=True)
    return thread


def addresses():
    """Yield every forum URL with every pk, and searches for each secret word."""
    known = get_resolver().namespace_dict["forum"][1].reverse_dict
    numbers = [*Post.objects.values_list("pk", flat=True), *Thread.objects.values_list("pk", flat=True)]
    for name in sorted(key for key in known if isinstance(key, str)):
        needs = known.getlist(name)[0][0][0][1]
        for pk in sorted(set(numbers)) if "pk" in needs else [0]:
            slug = "starting" if "pk" not in needs else "thread"
            values = {"pk": pk, "slug": slug, "name": "approve", "about": "post", "year": 2026, "month": 11}
            yield reverse(f"forum:{name}", kwargs={each: values[each] for each in needs})
    for word in (*UNREAD, MEMBERS):
        yield from (f"/search/?q={word}", f"/search/?in=forum&q={word}", f"/search/suggestions-fragment?q={word}")
        yield f"/search/?in=forum&author=Maya&q={word}&order=new"
    yield from (
        "/",
        "/guide/",
        "/guide/small/",
        "/guide/changes.atom",
        "/sitemap.xml",
        "/sitemap-threads.xml",
        "/sitemap-categories.xml",
    )


def crawl(client, starts, headers):
    """Yield (URL, text) of every page reachable from `starts`. Search pages are reduced to their results."""
    waiting, seen = list(starts), set()
    while waiting:
        url = waiting.pop(0)
        if url in seen or "logout" in url:
            continue
        seen.add(url)
        empty_caches()
        answer = client.get(url, headers=headers)
        location = answer.get("Location", "")
        text = answer.content.decode() + ("" if "login" in location else location)
        asked = re.findall(r"(?:q|title)=(\w+)", url)
        if asked:  # the page repeats the query, so only results count
            text = "".join(re.findall(r"<ol.*?</ol>|<li>.*?</li>", text, re.S))
        yield url, text
        waiting += [found for found in re.findall(r'href="(/(?:forum|guide)/[^"#]*)', text) if found not in seen]


def test_a_visitor_finds_no_unpublished_or_members_only_text(client, secrets):
    pages = list(crawl(client, addresses(), {}))
    for headers in HEADERS:
        pages += crawl(client, ("/forum/", "/forum/in/starting/new.atom", f"/search/?in=forum&q={MEMBERS}"), headers)
    found = [(url, word) for url, text in pages for word in (*UNREAD, MEMBERS) if word.lower() in text.lower()]
    assert found == []
    assert "A question about" in strip_tags(dict(pages)[secrets.get_absolute_url()])


def test_another_member_finds_only_members_only_text(client, secrets, noah):
    client.force_login(noah)
    pages = list(crawl(client, addresses(), {}))
    assert [(url, word) for url, text in pages for word in UNREAD if word.lower() in text.lower()] == []
    assert any(MEMBERS in text for _, text in pages)
    suggested = {word: client.post("/forum/similar/", {"title": word}).content.decode() for word in (*UNREAD, MEMBERS)}
    assert [word for word in UNREAD if word.lower() in suggested[word].lower()] == []
    assert MEMBERS in suggested[MEMBERS]


def test_exports_inboxes_and_emails_contain_no_unpublished_text(secrets, noah):
    told = list(Notification.objects.of(noah).values_list("sentence", "url")) + list(
        OutboxEmail.objects.values_list("body")
    )
    held = f"{sections(noah)} {told}".lower()
    assert [word for word in (*UNREAD, MEMBERS) if word.lower() in held] == []
