"""core.pagination on real rows: categories stand for any model, letters of their titles for a column with ties."""

from datetime import UTC, datetime

import pytest

from core.pagination import NEWEST_FIRST, Keyset, Page, cut, decode, encode
from core.params import int_or_none, moment_or_none
from forum.models import Category

BY_TITLE = Keyset({"title": str, "-pk": int_or_none})
NONSENSE = ["x", "_", "a_b_c", "-1", "1_2", "1²", "9" * 40, "\0", "' OR 1=1"]


@pytest.fixture
def rows(db):
    Category.objects.all().delete()
    titles = ["b", "a", "b", "a", "b", "c", "b"]
    return [Category.objects.create(title=title, slug=f"row-{n}", position=n) for n, title in enumerate(titles)]


def pages(keyset, size, between=lambda page: None):
    """Every page from the first to the last; `between` runs after each."""
    found, cursor = [], ""
    while not found or cursor:
        page = keyset.page(Category.objects.all(), cursor, size=size)
        found.append(page.rows)
        cursor = page.next_cursor
        between(page)
    return found


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8])
@pytest.mark.parametrize("keyset", [NEWEST_FIRST, BY_TITLE], ids=["by pk", "with ties"])
def test_the_pages_together_are_the_whole_list_in_order(rows, keyset, size):
    whole = list(Category.objects.order_by(*keyset.order))
    found = pages(keyset, size)
    assert [row for page in found for row in page] == whole
    assert [len(page) for page in found[:-1]] == [size] * (len(found) - 1)


def test_the_last_page_has_no_cursor_even_when_it_is_full(rows):
    assert NEWEST_FIRST.page(Category.objects.all(), "", size=len(rows)).next_cursor == ""
    assert NEWEST_FIRST.page(Category.objects.none(), "", size=3) == Page([], "")


def test_a_cursor_outlives_its_row_and_new_rows_shift_nothing(rows):
    before = [row.pk for row in Category.objects.order_by(*BY_TITLE.order)]

    def meanwhile(page):
        page.rows[-1].delete()
        Category.objects.create(title="a", slug=f"new-{page.next_cursor}", position=1)

    found = pages(BY_TITLE, 2, meanwhile)
    shown = [row.slug for page in found for row in page]
    assert len(shown) == len(before)
    assert not [slug for slug in shown if slug.startswith("new-")]


@pytest.mark.parametrize("cursor", NONSENSE)
def test_an_unknown_cursor_gives_the_first_page(rows, cursor):
    assert NEWEST_FIRST.page(Category.objects.all(), cursor, size=2).rows == rows[:-3:-1]


def test_a_cursor_beyond_every_row_gives_an_empty_page(rows):
    assert NEWEST_FIRST.page(Category.objects.all(), "0", size=2) == Page([], "")
    assert NEWEST_FIRST.page(Category.objects.all(), "9" * 18, size=2).rows == rows[:-3:-1]


def test_values_come_back_as_they_went():
    moment = datetime(2026, 3, 1, 12, 30, 0, 5, tzinfo=UTC)
    assert decode(encode(moment, 7), moment_or_none, int_or_none) == (moment, 7)
    assert decode(encode(moment, 7).replace("+", " "), moment_or_none, int_or_none) == (moment, 7)
    assert decode(encode(moment), moment_or_none, int_or_none) is None


def test_a_page_is_one_query_and_asks_for_one_row_more(rows, django_assert_num_queries):
    with django_assert_num_queries(1) as asked:
        NEWEST_FIRST.page(Category.objects.all(), "99", size=2)
    assert "LIMIT 3" in asked.captured_queries[0]["sql"]
    assert "OFFSET" not in asked.captured_queries[0]["sql"]


def test_the_first_column_is_bounded_so_that_an_index_can_begin_there(rows):
    sql = str(BY_TITLE.after(Category.objects.all(), "b_3").query)
    assert '"title" >= b' in sql


def test_cut_keeps_the_size_and_names_the_last_row():
    assert cut("abc", 2, str.upper) == Page(["a", "b"], "B")
    assert cut("ab", 2, str.upper) == Page(["a", "b"], "")
