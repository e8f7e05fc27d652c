"""Administrators take pages down and bring them back."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction
from django.urls import reverse

from core.transitions import IllegalTransition
from guide.models import Article, SearchEntry, Withdrawal
from guide.review.revisions import Draft, guide_changed, publish_loaded, write_revision
from guide.review.withdrawals import end_withdrawal, withdraw_page
from tests.conftest import empty_caches, logged_in


@pytest.fixture
def other(article):
    found = Article.objects.create(slug="other")
    section = article.live.section_id
    page = Draft("Other page", "S", "Short.[^site]", "Text.[^site]", section=section, position=2, related=[article.pk])
    publish_loaded(write_revision(found, page, by=None))
    guide_changed()
    found.refresh_from_db()
    return found


PAGES = ["/guide/", "/guide/other/", "/guide/print/", "/guide/changes.atom", "/sitemap-guide.xml"]


def listings(client):
    """Return the public pages that link to the small page."""
    empty_caches()
    return [url for url in PAGES if "/guide/small/" in client.get(url).content.decode()]


def test_a_withdrawn_page_says_why_and_is_nowhere_else(article, other, boss, client):
    shown = listings(client)
    assert "/guide/" in shown
    withdraw_page(article, by=boss, reason="Its numbers are wrong.", instead=other)
    answer = client.get("/guide/small/")
    page = answer.content.decode()
    assert answer.status_code == 410
    assert [w for w in ("Its numbers are wrong.", 'href="/guide/other/"', "Other page") if w not in page] == []
    assert "Boss" not in page
    assert listings(client) == []
    assert not SearchEntry.objects.filter(url__startswith="/guide/small/").exists()
    assert client.get("/guide/small/feedback/").status_code == 404
    end_withdrawal(article, by=boss)
    assert client.get("/guide/small/").status_code == 200
    assert listings(client) == shown


def test_a_withdrawn_page_can_lead_to_another(article, other, boss, client):
    withdraw_page(article, by=boss, reason="Two in one.", instead=other, redirects=True)
    answer = client.get("/guide/small/")
    assert (answer.status_code, answer["Location"]) == (302, "/guide/other/")


@pytest.mark.parametrize("name", ["elif_", "dr_okafor", "both", "vera"])
def test_only_administrators_withdraw(name, request, article):
    person = request.getfixturevalue(name)
    with pytest.raises(PermissionDenied):
        withdraw_page(article, by=person, reason="Wrong.")
    with pytest.raises(PermissionDenied):
        end_withdrawal(article, by=person)
    for act in ("withdraw", "return"):
        url = reverse(f"admin:guide_article_{act}", args=[article.pk])
        assert logged_in(person).post(url, {"reason": "Wrong."}).status_code == 403
    assert not Withdrawal.objects.exists()


def test_a_page_is_withdrawn_once_and_only_with_a_reason(article, other, boss):
    for fields in ({"reason": " "}, {"reason": "x", "redirects": True}, {"reason": "x", "instead": article}):
        with pytest.raises(ValueError):
            withdraw_page(article, by=boss, **fields)
    withdraw_page(article, by=boss, reason="Wrong.")
    with pytest.raises(IllegalTransition):
        withdraw_page(article, by=boss, reason="Wrong.")
    end_withdrawal(article, by=boss)
    with pytest.raises(IllegalTransition):
        end_withdrawal(article, by=boss)


def test_the_administrator_withdraws_and_brings_back_in_the_admin(article, other, boss, client):
    client.force_login(boss)
    history = reverse("admin:guide_article_history", args=[article.pk])
    url = reverse("admin:guide_article_withdraw", args=[article.pk])
    assert url in client.get(history).content.decode()
    assert "Choose the page" in client.post(url, {"reason": "Typed.", "redirects": "on"}).content.decode()
    client.post(url, {"reason": "Its numbers are wrong.", "instead": other.pk})
    assert "Its numbers are wrong." in client.get(history).content.decode()
    assert logged_in().get("/guide/small/").status_code == 410
    client.post(reverse("admin:guide_article_return", args=[article.pk]))
    assert logged_in().get("/guide/small/").status_code == 200


def test_the_database_keeps_withdrawals(article, boss):
    found = withdraw_page(article, by=boss, reason="Wrong.")
    for change in (
        lambda: Withdrawal.objects.update(reason="other"),
        lambda: Withdrawal.objects.all()._raw_delete("default"),
        lambda: Withdrawal.objects.create(article=article, reason="Again.", by=boss),
        lambda: Withdrawal.objects.create(article=article, reason="", by=boss, ended_at=found.withdrawn_at),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
