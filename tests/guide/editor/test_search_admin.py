import pytest
from django.urls import reverse

from guide.models import BestAnswer, SearchSynonym
from guide.search.query import search

pytestmark = pytest.mark.usefixtures("module_guide", "db")


@pytest.fixture
def editor(client, elif_):
    client.force_login(elif_)
    return client


def test_an_editor_teaches_the_search_a_word(editor):
    assert search("zingoflex").places == []
    editor.post(reverse("admin:guide_searchsynonym_add"), {"means": "liver enzymes", "words": "zingoflex, zings"})
    assert SearchSynonym.objects.get(means="liver enzymes").words == ["zingoflex", "zings"]
    assert search("zingoflex").places != []


def test_an_editor_gives_a_search_its_best_answer(editor):
    address = "/guide/history/#why-was-it-made"
    editor.post(reverse("admin:guide_bestanswer_add"), {"address": address, "searches": "zingoflex brigades"})
    assert search("who were the zingoflex brigades").best.url == address
    editor.post(
        reverse("admin:guide_bestanswer_delete", args=[BestAnswer.objects.get(address=address).pk]), {"post": "yes"}
    )
    assert search("who were the zingoflex brigades").best is None


def test_a_best_answer_that_is_not_in_the_guide_is_refused_beside_its_field(editor):
    form = {"address": "/guide/faq/#no-such-question", "searches": "liver enzymes"}
    html = editor.post(reverse("admin:guide_bestanswer_add"), form).content.decode()
    assert "The guide has no question, section or page at this address." in html
    assert 'value="/guide/faq/#no-such-question"' in html
    assert not BestAnswer.objects.filter(address=form["address"]).exists()


def test_the_list_says_which_addresses_are_gone(editor):
    BestAnswer.objects.create(address="/guide/faq/#gone", searches=["gone"])
    html = editor.get(reverse("admin:guide_bestanswer_changelist"), {"q": "#gone"}).content.decode()
    assert 'alt="False"' in html
