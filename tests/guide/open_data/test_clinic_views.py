"""The pages for clinics and libraries."""

import re
from html import unescape

import pytest
from django.urls import reverse

from guide.models import Article, Question
from tests.markup import as_read

pytestmark = pytest.mark.usefixtures("module_guide", "db")


def read(client, name, *args):
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_leads_to_the_cards_of_every_article(client):
    page = read(client, "clinics")
    slugs = set(Article.objects.published().values_list("slug", flat=True))
    assert set(re.findall(r"/for-clinics/cards/([\w-]+)/", page)) == slugs
    assert reverse("answer-cards") in page


def test_what_is_copied_is_the_card_that_the_address_gives(client):
    page = read(client, "article-cards", "overdose")
    copied = [as_read(unescape(html)) for html in re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)]
    addresses = re.findall(r'<a href="https?://[^/]+(/open-data/api/v1/cards/[^"]+)"', page)
    assert len(addresses) > 5
    assert copied == [client.get(address).content.decode() for address in addresses]


def test_every_question_has_a_card(client):
    page = read(client, "answer-cards")
    titles = re.findall(r"<summary><h2>(.*?)</h2></summary>", page)
    assert [unescape(title) for title in titles] == list(Question.objects.values_list("question", flat=True))


def test_cards_of_a_page_that_readers_cannot_open_are_not_found(client):
    Article.objects.filter(slug__in=["history", "faq"]).update(live_revision=None)
    assert client.get(reverse("article-cards", args=["history"])).status_code == 404
    assert client.get(reverse("answer-cards")).status_code == 404
    assert "/for-clinics/cards/history/" not in read(client, "clinics")
