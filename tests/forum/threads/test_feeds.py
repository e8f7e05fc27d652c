"""Feeds, sitemap and structured data: public threads are found, members-only ones are not."""

import json
import re
from xml.etree import ElementTree

import pytest
from django.urls import reverse

from forum.models import Category
from forum.posting.posts import delete_post

ATOM = "{http://www.w3.org/2005/Atom}"
HOSTILE = ["</title><script>alert(1)</script>", "]]>&<\x08\x0b", "{{ 7*7 }} \ufffe é 🙂", "</script><b>"]


def entries(client, url):
    return ElementTree.fromstring(client.get(url).content).findall(f"{ATOM}entry")  # our own feed


def data_of(client, thread):
    found = re.search(
        r'<script type="application/ld\+json">(.*?)</script>', client.get(thread.get_absolute_url()).content.decode()
    )
    return {part["@type"]: part for part in json.loads(found[1])["@graph"]} if found else {}


def everywhere(client, category, thread):
    urls = [
        reverse("forum:category-feed", args=[category.slug]),
        reverse("forum:thread-feed", args=[thread.pk]),
        "/sitemap-threads.xml",
        "/sitemap-categories.xml",
        reverse("forum:index"),
        f"/search/?q={thread.title}",
    ]
    pages = [client.get(url).content.decode() for url in urls]
    results = pages[-1].split("</form>")[-1]
    pages[-1] = results.replace(f"“{thread.title}”", "").replace(f"q={thread.title}", "")  # the page repeats the query
    return "".join(pages)


def test_a_public_thread_is_in_feeds_and_sitemap(client, published, maya, noah, category):
    thread = published(maya, "One question.", title="Sleep").thread
    published(noah, "One answer.", thread)
    assert [
        e.find(f"{ATOM}title").text for e in entries(client, reverse("forum:category-feed", args=[category.slug]))
    ] == ["Sleep"]
    summaries = [e.find(f"{ATOM}summary").text for e in entries(client, reverse("forum:thread-feed", args=[thread.pk]))]
    assert summaries == ["One answer.", "One question."]
    thread.refresh_from_db()
    sitemap = client.get("/sitemap-threads.xml").content.decode()
    assert f"{thread.get_absolute_url()}</loc><lastmod>{thread.last_post_at:%Y-%m-%d}</lastmod>" in sitemap


@pytest.mark.parametrize("whose", ["thread", "category"])
def test_members_only_threads_are_in_none_of_them(client, published, maya, noah, category, whose):
    thread = published(maya, "Quiet words.", title="Zebrafinch", members_only=whose == "thread").thread
    Category.objects.filter(pk=category.pk).update(members_only=whose == "category", title="Kingfisher")
    found = everywhere(client, category, thread)
    assert "Zebrafinch" not in found
    assert "Quiet words" not in found
    client.force_login(noah)
    answer = client.get(thread.get_absolute_url())
    assert answer["X-Robots-Tag"] == "noindex"
    assert "ld+json" not in answer.content.decode()
    assert "Zebrafinch" not in client.get(reverse("forum:category-feed", args=[category.slug])).content.decode()


def test_a_deleted_post_leaves_the_feed(client, published, maya, noah):
    thread = published(maya, "One question.").thread
    delete_post(published(noah, "Regretted.", thread), by=noah)
    assert len(entries(client, reverse("forum:thread-feed", args=[thread.pk]))) == 1


@pytest.mark.parametrize("title", HOSTILE)
def test_feeds_and_structured_data_stay_well_formed_with_any_title(client, published, maya, category, title):
    title = title.replace("\x08", "").replace("\x0b", "")  # forms strip control characters; feeds get the rest
    thread = published(maya, f"{title} words", title=title).thread
    assert len(entries(client, reverse("forum:category-feed", args=[category.slug]))) == 1
    assert len(entries(client, reverse("forum:thread-feed", args=[thread.pk]))) == 1
    assert data_of(client, thread)["DiscussionForumPosting"]["headline"] == title


def test_an_answered_question_is_a_qapage_without_anonymous_authors_names(client, published, maya, noah, dr_lind):
    thread = published(maya, "One question.", title="Sleep", anonymous=True).thread
    published(noah, "Me too.", thread)
    assert data_of(client, thread)["DiscussionForumPosting"]["author"]["name"] == "Anonymous member 1"
    published(dr_lind, "Ask your prescriber.", thread)
    question = data_of(client, thread)["QAPage"]["mainEntity"]
    assert question["acceptedAnswer"]["text"].strip() == "Ask your prescriber."
    assert "Maya" not in json.dumps(data_of(client, thread))


def test_an_unchanged_feed_returns_304(client, published, maya, category):
    published(maya, "One question.")
    url = reverse("forum:category-feed", args=[category.slug])
    first = client.get(url)
    assert client.get(url, headers={"If-Modified-Since": first["Last-Modified"]}).status_code == 304


def test_a_content_warning_is_text_in_the_html_of_a_feed(client, published, maya):
    thread = published(maya, "Words.", warning="<img src=x onerror=alert(1)> <50 mg").thread
    summary = entries(client, reverse("forum:thread-feed", args=[thread.pk]))[0].find(f"{ATOM}summary")
    assert summary.attrib["type"] == "html"
    assert summary.text == "&lt;img src=x onerror=alert(1)&gt; &lt;50 mg"


def test_feeds_and_structured_data_keep_numbers_and_signs(client, published, maya):
    thread = published(maya, "My plan: 1*50, then <2*25.\n\n3. on day three\n7. fine").thread
    summary = entries(client, reverse("forum:thread-feed", args=[thread.pk]))[0].find(f"{ATOM}summary").text
    assert " ".join(summary.split()) == "My plan: 1*50, then &lt;2*25. 3. on day three 7. fine"
    text = data_of(client, thread)["DiscussionForumPosting"]["text"]
    assert " ".join(text.split()) == "My plan: 1*50, then <2*25. 3. on day three 7. fine"
