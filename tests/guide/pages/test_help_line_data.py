"""Help lines as open data: what the file says, that its fields are explained, and that other sites may read it."""

import json
import re

import pytest
from django.urls import reverse

from guide.models import HelpLine, Source
from guide.pages.help_line_data import FIELDS, LINE_FIELDS, help_line_data

URL = reverse("guide:help-lines-json")
pytestmark = pytest.mark.usefixtures("module_guide", "db")


def test_the_file_has_every_line_with_its_number_source_and_date(client):
    answer = client.get(URL)
    assert (answer["Content-Type"], answer["Access-Control-Allow-Origin"]) == ("application/json", "*")
    lines = {line["id"]: line for line in json.loads(answer.content)["lines"]}
    assert {pk: (line["country"], line["phone"], line["text"]) for pk, line in lines.items()} == {
        line.pk: (line.country, line.phone, line.sms) for line in HelpLine.objects.all()
    }
    samaritans = HelpLine.objects.get(country="IE", need="crisis")
    shown, source = lines[samaritans.pk], Source.objects.get(key=samaritans.sources[0])
    assert shown["country_name"] == "Ireland"
    assert shown["sources"][0] == {"title": source.title, "url": source.link, "checked": source.checked.isoformat()}
    assert shown["checked"] == samaritans.checked.isoformat()
    assert shown["seen_at_owner"] is samaritans.seen_at_owner
    assert not any(re.search(r"\[\^|<", line["note"]) for line in lines.values())


def test_every_field_is_explained_on_the_page(client):
    data = help_line_data()
    assert list(data) == list(FIELDS)
    assert {tuple(line) for line in data["lines"]} == {tuple(LINE_FIELDS)}
    page = client.get(reverse("open-data")).content.decode()
    for name in (*FIELDS, *LINE_FIELDS):
        assert f"<code>{name}</code>" in page


def test_the_version_changes_with_any_line_and_only_then():
    before = help_line_data()["version"]
    assert help_line_data()["version"] == before
    HelpLine.objects.filter(country="IE", need="crisis").update(phone="116 124")
    assert help_line_data()["version"] != before


def test_two_queries(client, django_assert_num_queries):
    with django_assert_num_queries(2):
        help_line_data()
