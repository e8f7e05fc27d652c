"""Safety messages: none is ever missing, and they do not push a page's own emergency text down."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.html import escape

from guide.models import Article, SafetyMessage
from guide.pages.blocks import assemble, split_opening
from guide.text.markdown import render

pytestmark = pytest.mark.usefixtures("module_guide", "db")
SECTION = re.compile(r'<section class="safety"(?: aria-label="Safety")?\s*>(.*?)</section>', re.S)
TITLE = re.compile(r'<div class="callout \w+"><p class="callout-title">(.*?)</p>')


def test_each_article_keeps_all_its_messages_behind_one_line(client):
    for article in Article.objects.published():
        sections = SECTION.findall(client.get(article.get_absolute_url()).content.decode())
        titles = [escape(m.title) for m in SafetyMessage.objects.filter(pk__in=article.live.safety_messages)]
        assert (article.slug, sorted(TITLE.findall("".join(sections)))) == (article.slug, sorted(titles))
        in_text = article.live.body_html.count('data-part="safety:')
        unfolded = sum(len(TITLE.findall(section.partition("<details")[0])) for section in sections)
        assert (article.slug, unfolded) == (article.slug, in_text)


def test_a_message_in_the_text_is_not_repeated_above_it():
    article = Article.objects.get(slug="taking-it")
    request = RequestFactory().get("/")
    body = assemble(article.live_revision, request).body
    message = SafetyMessage.objects.get(key="low-tolerance")
    assert body.count(escape(message.title)) == 1
    assert body.index('id="starting-again-after-a-gap"') < body.index(escape(message.title))


def test_the_line_counts_the_messages_and_is_red_for_a_danger_to_life():
    messages = SafetyMessage.objects.filter(key__in=["opioid-free", "low-tolerance", "liver-signs"])
    html = render_to_string("guide/blocks/safety.html", {"messages": messages})
    line = html.partition("<summary>")[2].partition("</summary>")[0]
    assert line.strip() == "3 things to know first"
    assert html.index('class="more-safety emergency"') < html.index('class="callout emergency"')
    assert html.index('class="callout emergency"') < html.index('class="callout warning"')


def test_a_single_message_is_named_in_its_line():
    message = SafetyMessage.objects.get(key="liver-signs")
    html = render_to_string("guide/blocks/safety.html", {"messages": [message]})
    line = html.partition("<summary>")[2].partition("</summary>")[0]
    assert line.strip() == f"Read this first: {escape(message.title)}"
    assert 'class="more-safety warning"' in html


def test_the_printable_guide_shows_every_message_open_once_and_names_it_on_its_pages(client):
    html = client.get("/guide/print/").content.decode()
    everything, *pages = SECTION.findall(html)
    titles = {m.pk: escape(m.title) for m in SafetyMessage.objects.all()}
    used = {pk for article in Article.objects.published() for pk in article.live.safety_messages}
    assert sorted(TITLE.findall(everything)) == sorted(titles[pk] for pk in used)
    assert not any("<details" in section for section in [everything, *pages])
    for article in Article.objects.published():
        page = html.split(f'id="page-{article.slug}"')[1].split("</article>")[0]
        assert [titles[pk] for pk in article.live.safety_messages if titles[pk] not in page] == []


def test_a_text_that_starts_with_an_emergency_keeps_it_first():
    own = render("## Now\n\n::: emergency\nCall.\n:::\n\nMore.\n\n## Later\n\nText.").html
    first, later = split_opening(own)
    assert ("Call." in first, "More." in first, "Later" in later) == (True, True, True)
    other = render("## Now\n\nText.\n\n## Later\n\n::: emergency\nCall.\n:::").html
    assert split_opening(other) == ("", other)
    alone = render("## Now\n\n::: emergency\nCall.\n:::").html
    assert split_opening(alone) == (alone, "")


def test_on_the_family_page_the_overdose_comes_before_the_messages(client):
    html = client.get("/guide/for-family-and-friends/").content.decode()
    assert html.index('id="if-you-think-it-is-an-overdose"') < html.index('<section class="safety"')


def test_the_steps_stand_before_summary_date_and_contents_on_the_page_about_an_overdose(client):
    text = client.get("/guide/overdose/").content.decode().split('<article class="text"')[1]
    order = [
        "<h1>",
        "Cannot be woken?",
        "Overdose: five steps",
        "In short",
        "review-line",
        "On this page",
        'class="safety',
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    numbers = [int(n) for n in re.findall(r'aria-label="Source (\d+)"', text.split("After", 1)[0])]
    assert numbers[0] == 1
    assert [n for i, n in enumerate(numbers) if n not in numbers[:i]] == sorted(set(numbers))


def test_an_article_without_an_emergency_begins_with_its_summary(client):
    text = client.get("/guide/how-it-works/").content.decode().split('<article class="text"')[1]
    assert text.index("In short") < text.index("<h2")
