from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from guide.analytics import page_views
from guide.models import DailyCount


@pytest.fixture(autouse=True)
def _clear_counts(db):
    page_views._Pending.counts.clear()


def counts(kind="read"):
    page_views.write_counts()
    return dict(DailyCount.objects.filter(kind=kind).values_list("key", "count"))


def test_every_page_view_counts_including_cached_pages(client, article):
    with CaptureQueriesContext(connection) as made:
        for _ in range(3):
            client.get("/guide/small/")
    assert not [q for q in made if q["sql"].lower().lstrip().startswith(("insert", "update"))]
    assert len([q for q in made if "guide_article" in q["sql"]]) < 10  # two of the three came out of the cache
    assert counts() == {"small": 3}


def test_a_members_page_view_counts_like_a_visitors(client, article, maya):
    client.get("/guide/small/")
    client.force_login(maya)
    client.get("/guide/small/")
    assert counts() == {"small": 2}


def test_requests_that_are_not_page_views_do_not_count(client, article):
    client.head("/guide/small/")
    client.get("/guide/small/", headers={"Sec-Purpose": "prefetch;prerender"})
    client.get("/guide/none/")
    client.get("/guide/")
    assert counts() == {}


def test_one_statement_adds_all_counts_to_the_table(client, article, django_assert_num_queries):
    for _ in range(2):
        client.get("/guide/small/")
        client.get("/search/?q=zzqx")
        with django_assert_num_queries(2):  # and: which searches were made on many days
            assert page_views.write_counts() == 2
    assert (counts(), list(counts("hashed").values()), counts("missed")) == ({"small": 2}, [2], {})
    with django_assert_num_queries(0):
        assert page_views.write_counts() == 0


def test_a_successful_search_is_not_stored(client, guide):
    client.get("/search/?q=liver")
    client.get("/search/?q=")
    client.get("/search/?q=ZZQX%20%20Vvkw")
    assert list(counts("hashed").values()) == [1]
    assert counts("missed") == {}


def stored():
    """Return the whole table as text."""
    page_views.write_counts()
    return str(list(DailyCount.objects.values_list()))


def test_a_search_is_stored_in_words_only_when_it_was_made_on_five_days(client, guide):
    words = "qqzzy dr wutzl in grimsby lied"
    for days_ago in (4, 3, 2, 1):
        client.get("/search/", {"q": words})
        client.get("/search/", {"q": words})
        assert "wutzl" not in stored()
        DailyCount.objects.filter(day=timezone.now().date()).update(
            day=timezone.now().date() - timedelta(days=days_ago)
        )
    client.get("/search/", {"q": words})
    client.get("/search/", {"q": "qqzzy of another"})
    assert counts("missed") == {words: 1}
    assert "another" not in stored()


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("zzqx", True),
        ("50 mg zzqx", True),
        ("2026 zzqx", True),
        ("x" * 60, True),
        ("x" * 61, False),
        ("jane@example.org", False),
        ("ask @jane", False),
        ("call 555-0134-22", False),
        ("+49 (30) 12 34 56", False),
        ("123456", False),
        ("www.example.org", False),
        ("https://x", False),
        ("i want to kill myself", False),
        ("", False),
    ],
)
def test_searches_that_could_identify_someone_are_not_stored(words, kept):
    assert page_views.may_be_stored(words) is kept


def test_a_count_has_only_day_kind_key_and_number():
    assert {f.name for f in DailyCount._meta.fields} == {"id", "day", "kind", "key", "count"}


def test_a_flood_of_different_searches_is_limited(client, article, monkeypatch):
    for number in range(page_views.MAX_KEYS + 50):
        page_views._add((timezone.now().date(), "missed", f"word{number}"))
    assert len(counts("hashed")) == page_views.MAX_KEYS


def test_counts_survive_a_database_outage(client, article):
    client.get("/guide/small/")
    with connection.execute_wrapper(lambda *_: (_ for _ in ()).throw(OSError)), pytest.raises(OSError):
        page_views.write_counts()
    assert counts() == {"small": 1}


def test_counts_are_deleted_after_ninety_days(db):
    today = timezone.now().date()
    for days in (0, 90, 91):
        DailyCount.objects.create(day=today - timedelta(days=days), kind="missed", key="x", count=1)
    assert page_views.delete_old_counts() == 1
    assert DailyCount.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_background_thread_writes_the_counts(client, article, settings):
    settings.PAGE_VIEW_FLUSH_SECONDS = 0.05
    client.get("/guide/small/")
    timer = page_views._Pending.timer
    timer.join(5)
    assert list(DailyCount.objects.values_list("key", "count")) == [("small", 1)]
    assert page_views._Pending.timer is None
