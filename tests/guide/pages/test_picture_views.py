"""Pictures of the library as readers get them."""

import re

import pytest
from django.urls import reverse

from guide.models import Picture
from guide.pages.blocks import DRAWINGS, UnknownBlock, fill_blocks
from guide.pictures import files
from tests.guide.pictures.samples import library_picture, stored

pytestmark = pytest.mark.django_db


def url(width=320, suffix="avif", digest=None):
    return reverse("guide:picture-file", args=[digest or stored().digest, width, suffix])


def block(key="tablets"):
    return f'<div data-part="picture:{key}"></div>'


def test_a_published_picture_is_for_everyone_and_never_changes(client, maya):
    library_picture()
    visitor = client.get(url())
    assert visitor.content == files.path_of(stored().digest, 320, "avif").read_bytes()
    assert (visitor["Content-Type"], visitor["X-Content-Type-Options"]) == ("image/avif", "nosniff")
    client.force_login(maya)
    for answer in (visitor, client.get(url())):
        assert (answer["Cache-Control"], answer.cookies) == ("public, max-age=86400, immutable", {})


def test_a_picture_that_is_not_published_is_for_editors_and_reviewers(client, maya, elif_, dr_okafor):
    stored()
    assert client.get(url()).status_code == 404
    client.force_login(maya)
    assert client.get(url()).status_code == 404
    for person in (elif_, dr_okafor):
        client.force_login(person)
        answer = client.get(url())
        assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")


@pytest.mark.parametrize("wrong", [{"width": 321}, {"suffix": "gif"}, {"digest": "0" * 32}, {"digest": "_"}])
def test_there_is_no_other_file(client, wrong):
    library_picture()
    assert client.get(url(**wrong)).status_code == 404


def test_a_part_shows_the_picture_with_its_words_and_its_license():
    picture = library_picture(alt='A "red" half', credit="Jane <b>Lind</b>")
    html = fill_blocks(block())
    digest = picture.stored.digest
    assert re.findall(r'<source type="([^"]+)"', html) == ["image/avif", "image/webp"]
    assert f"/guide/pictures/{digest}/320.avif 320w, /guide/pictures/{digest}/400.avif 400w" in html
    image = re.search(r"<img[^>]*>", html)[0]
    for part in (
        'width="400"',
        'height="200"',
        'loading="lazy"',
        'alt="A &quot;red&quot; half"',
        f'src="{picture.src}"',
    ):
        assert part in image
    assert 'Both halves.<sup data-cite="S1">' in html
    assert "Picture: Jane &lt;b&gt;Lind&lt;/b&gt;." in html
    assert '<a href="https://creativecommons.org/licenses/by/4.0/" rel="license noopener">CC BY 4.0</a>' in html
    assert '<a href="https://example.org/halves" rel="noopener">' in html


def test_a_page_fetches_its_pictures_together(django_assert_num_queries):
    library_picture()
    library_picture(key="glass")
    with django_assert_num_queries(1):
        fill_blocks(block() + block("glass") + block("receptor"))
    with django_assert_num_queries(0):
        assert "picture-receptor" in fill_blocks(block("receptor"))
    assert {"receptor", "overdose"} <= DRAWINGS


def test_an_unknown_picture_is_shown_to_no_one():
    with pytest.raises(UnknownBlock, match=r"\[\[picture:tablets\]\]: there is no 'tablets'"):
        fill_blocks(block())
    assert not Picture.objects.exists()
