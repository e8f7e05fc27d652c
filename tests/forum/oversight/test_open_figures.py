"""The transparency page's figures as CSV and JSON: the same as on the page, with nothing that it suppresses."""

import csv
import json
from io import StringIO

from django.urls import reverse

from forum.models import ReasonTemplate
from forum.oversight.monthly_counts import count_month, last_month
from forum.oversight.open_figures import FIELDS, TABLES, figures
from tests.forum.oversight.test_transparency import full, log  # noqa: F401  fixtures


def address(kind, month=None):
    month = month or last_month()
    return reverse(f"forum:transparency-{kind}", args=[month.year, month.number])


def rows_of(client):
    return json.loads(client.get(address("json")).content)["figures"]


def test_every_number_is_on_the_page_and_every_number_of_the_page_in_the_file(client, full):  # noqa: F811
    found = {(row["table"], row["what"]): row["value"] for row in rows_of(client)}
    assert found["outcomes", "Published as written"] == 40
    assert found["outcomes", "Published with redactions"] == 6
    assert found["changes", ReasonTemplate.objects.get(code="dose").title] == 12
    assert found["months", str(last_month())] == 98
    assert found["afterwards", "Removed"] == 7
    assert found["made", "Reports made"] is None
    page = client.get(reverse("forum:transparency")).content.decode()
    for (table, what), value in found.items():
        if "wait" not in table:
            assert what in page
            assert value is None or f"{value:,}" in page


def test_small_counts_are_nowhere(full):  # noqa: F811
    month = last_month()
    found = list(figures(month, count_month(month)))
    counted = [row.value for row in found if row.unit != "minutes"]
    assert min(value for value in counted if value is not None) >= 5
    assert sum(row.table == "changes" for row in found) == 2  # two of source are joined with others
    waits = {row.what for row in found if row.table == "median-wait"}
    assert waits == {str(month.plus(-2)), str(month)}


def test_a_month_with_few_posts_says_nothing(client, log):  # noqa: F811
    log("approved", 4)
    assert [row["value"] for row in rows_of(client)] == [None, None, None]  # made: reports, appeals; months: this one


def test_csv_and_json_are_the_same_and_may_be_read_from_other_sites(client, full):  # noqa: F811
    answer = client.get(address("csv"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="transparency-{rows_of(client)[0]["month"]}.csv"'
    assert answer["Access-Control-Allow-Origin"] == "*"
    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    as_text = [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows_of(client)]
    assert rows == as_text


def test_the_fields_and_tables_are_explained(client, full):  # noqa: F811
    rows = rows_of(client)
    assert {tuple(row) for row in rows} == {tuple(FIELDS)}
    assert {row["table"] for row in rows} <= set(TABLES)
    page = client.get(reverse("open-data")).content.decode()
    assert all(f"<code>{name}</code>" in page for name in (*FIELDS, *TABLES))


def test_the_current_month_and_months_without_posts_are_not_found(client, full):  # noqa: F811
    for kind in ("csv", "json"):
        assert client.get(address(kind, last_month().plus(1))).status_code == 404
        assert client.get(address(kind, last_month().plus(-14))).status_code == 404
