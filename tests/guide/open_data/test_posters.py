"""Posters: the guide's own words with sources and review, and a code that a phone can read."""

import re
from html import unescape

import pytest
import zxingcpp
from django.conf import settings
from django.urls import reverse
from PIL import Image, ImageDraw

from core.html_text import html_text
from guide.models import Article, SafetyMessage
from guide.open_data.qr_code import QUIET_ZONE, qr_code
from guide.review.workflow import publish_urgently
from guide.text.markdown import plain_text
from tests.guide.review.conftest import approved, proposed, row_proposed

pytestmark = pytest.mark.usefixtures("module_guide", "db")
SCALE = 6  # pixels of a module
NAMES = ["poster", "poster-in-spanish"]


def read(client, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    return re.search(r'<article class="poster".*?</article>', answer.content.decode(), re.DOTALL)[0]


def words(text):
    return re.sub(r"\s+|\[[\d, ]+\]", "", text)


def scanned(path, size):
    """Draw the path, and read it as a phone would."""
    image = Image.new("L", (size * SCALE, size * SCALE), 255)
    draw = ImageDraw.Draw(image)
    for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path):
        left, top = int(x) * SCALE, int(y) * SCALE
        draw.rectangle((left, top, left + SCALE - 1, top + SCALE - 1), fill=0)
    return [found.text for found in zxingcpp.read_barcodes(image)]


@pytest.mark.parametrize(("name", "path"), [("poster", "/"), ("poster-in-spanish", "/guide/en-espanol/")])
def test_the_code_and_the_printed_address_lead_to_the_guide(name, path, client):
    html = read(client, name)
    address = settings.SITE_ADDRESS + path
    size, modules = re.search(r'viewBox="0 0 (\d+) .*?<path d="([^"]+)"', html, re.DOTALL).groups()
    assert scanned(modules, int(size)) == [address]
    assert f">{address}</p>" in html


def test_a_code_has_a_quiet_zone():
    path, size = qr_code("https://example.org/")
    places = [int(number) for spot in re.findall(r"M(\d+) (\d+)", path) for number in spot]
    assert (min(places), max(places)) == (QUIET_ZONE, size - QUIET_ZONE - 1)


def test_the_english_poster_says_what_the_guide_says(client):
    html = read(client, "poster")
    text = words(unescape(html_text(html)))
    page, overdose = Article.objects.get(slug="one-page"), Article.objects.get(slug="overdose")
    assert [unescape(title) for title in re.findall(r"<li>([^<]+)<sup", html)] == list(
        SafetyMessage.objects.filter(pk__in=page.live.safety_messages).values_list("title", flat=True)
    )
    for quoted in (page, overdose):
        assert words(plain_text(quoted.live.in_short_html)) in text
    assert html.count("Not yet reviewed by a clinician.") == 2


def test_the_spanish_poster_says_that_no_native_speaker_has_reviewed_it(client):
    html = read(client, "poster-in-spanish")
    assert html.startswith('<article class="poster" lang="es">')
    assert "Ningún clínico que hable español como lengua materna la ha revisado todavía." in html
    assert "No tenga opioides en el cuerpo al empezar." in html
    assert "Llame al 911 en Estados Unidos" in html_text(html)


@pytest.mark.parametrize("name", NAMES)
def test_every_number_has_its_source(name, client):
    html = read(client, name)
    cited = set(re.findall(r'href="#source-(S\d+)"', html))
    assert len(cited) > 5
    assert cited == set(re.findall(r'id="source-(S\d+)"', html))


def test_reviews_and_urgent_corrections_are_shown(client, elif_, dr_okafor):
    message = SafetyMessage.objects.get(key="low-tolerance")
    publish_urgently(row_proposed(message, elif_, title="Said more plainly"), by=elif_, reason="It was wrong.")
    approved(proposed(Article.objects.get(slug="overdose"), elif_), elif_, dr_okafor)
    html = read(client, "poster")
    assert f"“{message}”. No one but its author has reviewed this yet." in html
    assert "Reviewed by Dr. Okafor, physician" in html


def test_without_its_page_there_is_no_poster(client):
    Article.objects.filter(slug__in=["overdose", "en-espanol"]).update(live_revision=None)
    assert [client.get(reverse(name)).status_code for name in NAMES] == [404, 404]
