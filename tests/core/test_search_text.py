import pytest
from django.db import connection

from core.search_text import FOLD_SQL, fold, fold_query, plain_marks


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Crohn’s", "Crohn's"),
        ("“flatline” thing", " flatline  thing"),
        ("beer–wine—gin…", "beer wine gin "),
        ("long-acting", "long acting"),
        ("drug/alcohol", "drug alcohol"),
        ("under <b and c>", "under  b and c "),
        ("naïve café", "naive cafe"),
    ],
)
def test_the_database_folds_as_we_do(db, text, folded):
    with connection.cursor() as cursor:
        cursor.execute(f"select {FOLD_SQL.format('%s')}", [text])
        assert (cursor.fetchone()[0], fold(text)) == (folded, folded)


def test_plain_marks_keep_every_position():
    assert len(plain_marks("“don’t” – x/y…")) == len("“don’t” – x/y…")


@pytest.mark.parametrize(
    ("query", "folded"),
    [
        ("“exact words” here", '"exact words" here'),
        ("side-effects -beer", "side effects -beer"),
        ("shot -long-acting", 'shot -"long acting"'),
        ('-"not this" café', '-"not this" cafe'),
        ("partner’s – choice", "partner's   choice"),
    ],
)
def test_a_query_keeps_its_operators(query, folded):
    assert fold_query(query) == folded
