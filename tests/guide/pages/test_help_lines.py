"""Help lines: which countries are offered, what each has, and how a row looks to readers and editors."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.profiles.country import offered_countries
from accounts.text.locations import country_name
from guide.lint.open_claims import find_open_claims
from guide.models import HelpLine, Source
from guide.pages.help_lines import (
    PanelLine,
    countries_with_lines,
    emergency_advice,
    lines_for,
    numbers_of,
    panel_lines,
)
from guide.text.phone_links import call_url, number_and_remark, text_url

OFFERED = ["AU", "CA", "GB", "IE", "IN", "NZ", "SG", "US", "ZA"]
pytestmark = pytest.mark.usefixtures("module_guide", "db")


def phones(country, need):
    return [line.phone for line in HelpLine.objects.filter(country=country, need=need)]


def test_a_country_is_offered_only_with_an_emergency_number_and_a_crisis_line_that_answers_calls():
    assert sorted(code for code, _ in offered_countries()) == OFFERED
    assert sorted(set(HelpLine.objects.values_list("country", flat=True))) == OFFERED
    for country in countries_with_lines():
        assert country.name == country_name(country.code) != ""
        for need in ("emergency", "crisis"):
            assert any(line.phone for line in country.lines if line.need == need), (country.code, need)


@pytest.mark.parametrize("need", ["emergency", "crisis"])
def test_without_one_of_the_two_it_is_offered_to_no_one(need):
    HelpLine.objects.filter(country="IE", need=need).update(phone="")
    assert "IE" not in dict(offered_countries())
    assert lines_for("IE", {"crisis"}) == []


def test_the_needs_are_known_to_the_database():
    assert set(HelpLine.objects.values_list("need", flat=True)) == set(HelpLine.Need.values)
    line = HelpLine.objects.first()
    line.need = "other"
    with pytest.raises(ValidationError):
        line.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        HelpLine.objects.filter(pk=line.pk).update(need="other")


def test_numbers_that_the_reviews_asked_for():
    assert [phones("IE", need) for need in ("emergency", "crisis", "treatment", "poison")] == [
        ["112 (999 works too)"],
        ["116 123"],
        ["1800 459 459"],
        ["01 809 2166"],
    ]
    assert phones("NZ", "emergency") == ["111"]
    assert HelpLine.objects.get(name__startswith="Lifeline, Northern").phone == "0808 808 8000"
    assert "Text 9-8-8" in HelpLine.objects.filter(country="CA", need="text").values_list("sms", flat=True)
    assert phones("US", "violence") == ["1-800-799-7233"]
    assert "0808 2000 247" in phones("GB", "violence")
    assert phones("US", "using-alone") == ["1-800-972-0590", ""]


def test_each_text_line_says_which_word_to_send_or_that_any_will_do():
    words = {line.name: text_url(line.sms) for line in HelpLine.objects.filter(need="text")}
    assert words == {
        "Crisis Text Line": "sms:741741?&body=HOME",
        "Shout": "sms:85258?&body=SHOUT",
        "9-8-8 by text": "sms:988",
        "Lifeline by text": "sms:0477131114",
        "Crisis text line": "sms:50808?&body=HELLO",
        "1737 by text": "sms:1737",
    }
    assert text_url(HelpLine.objects.get(name="Kids Help Phone").sms) == "sms:686868?&body=CONNECT"
    assert text_url("Text your ZIP code to 435748") == "sms:435748"
    assert all(text_url(line.sms) for line in HelpLine.objects.exclude(sms=""))


def test_a_number_and_its_remark_part():
    assert number_and_remark("112 (999 works too)") == ("112", "999 works too")
    assert (call_url("112 (999 works too)"), call_url("1-800-222-1222"), call_url("")) == (
        "tel:112",
        "tel:18002221222",
        "",
    )


def test_a_number_counts_as_seen_only_with_a_source_that_is_a_page_of_its_owner():
    """A first guard: nothing is called seen that rests on general knowledge or on news."""
    sources = {source.key: source for source in Source.objects.all()}
    for line in HelpLine.objects.filter(seen_at_owner=True):
        kinds = {sources[key].kind for key in line.sources}
        assert kinds - {"journalism", "general"}, line
        assert line.phone or line.sms, line


def test_readers_are_told_that_a_number_was_checked_only_where_it_was_seen_on_its_owners_page(client):
    html = client.get("/help-now/").content.decode()
    rows = re.findall(r'<li class="help-line">.*?</li>', html, re.S)
    seen = {line.name: line.seen_at_owner for line in HelpLine.objects.exclude(name="Emergency services")}
    checked = {}
    for row in rows:
        name = re.search(r"<strong>(.*?)</strong>", row)[1].replace("&amp;", "&")
        checked[name] = "Checked" in row
    assert {name: told for name, told in checked.items() if name in seen} == seen
    assert html.count("We haven’t seen this number on its owner’s own page yet.") == (
        HelpLine.objects.filter(seen_at_owner=False).exclude(phone="", sms="").count()
    )


def test_a_list_of_links_read_aloud_says_whose_number_each_is(client):
    html = client.get("/help-now/").content.decode().partition("<main")[2]
    links = re.findall(r'<a class="button[^"]*" href="(?:tel|sms):[^"]*">(.*?)</a>', html, re.S)
    names = [re.sub(r"<[^>]*>", "", link) for link in links]
    assert len(names) >= 50
    assert [name for name in names if not re.fullmatch(r"(?:Call|Text) .+, .+", name)] == []


def test_editors_see_it_in_their_list(client, elif_):
    client.force_login(elif_)
    html = client.get("/admin/guide/helpline/?seen_at_owner__exact=0").content.decode()
    assert "National Domestic Violence Hotline" in html
    assert "Seen on its owner’s page" in html
    assert "988 Suicide" not in html


def test_editors_find_it_among_the_claims_to_verify():
    owner = {claim.where: claim.text for claim in find_open_claims() if claim.why == "OWNER"}
    assert owner["AU: Lifeline by text"] == "Text 0477 13 11 14"
    assert len(owner) == HelpLine.objects.filter(seen_at_owner=False).exclude(phone="", sms="").count()


def test_every_row_has_its_buttons_and_its_country_in_words(client):
    html = client.get("/help-now/").content.decode()
    main = html.partition("<main")[2]
    for line in HelpLine.objects.all():
        assert f'<span class="soft">{country_name(line.country)}</span>' in main
        if line.phone:
            assert f'<a class="button call" href="{call_url(line.phone)}">' in main
        if line.sms:
            assert f'href="{text_url(line.sms).replace("&", "&amp;")}"' in main


def test_a_members_own_country_is_open_and_a_visitors_page_is_the_same_for_all(client, maya):
    fold = re.compile(r'<details class="help-country" data-country="(\w\w)" open')
    irish = client.get("/", headers={"accept-language": "en-IE"})
    german = client.get("/", headers={"accept-language": "de-DE"})
    assert fold.findall(irish.content.decode()) == []
    assert irish.content == german.content
    assert "Accept-Language" not in irish.get("Vary", "")
    assert not irish.cookies
    maya.country = "IE"
    maya.save()
    client.force_login(maya)
    assert fold.findall(client.get("/account/").content.decode()) == ["IE"]


def test_all_other_countries_get_112_where_it_holds_a_local_number_and_a_directory(client):
    assert emergency_advice("DE") == "In Germany, call 112, the emergency number."
    assert emergency_advice("JP") == "Call the emergency number in Japan."
    assert emergency_advice("") == "Call the emergency number where you are."
    html = client.get("/").content.decode()
    panel = html[html.index('class="help-panel"') :]
    assert '<a href="tel:112">112</a>' in panel
    assert "your local emergency number" in panel
    assert '<a href="https://findahelpline.com" rel="noopener noreferrer">findahelpline.com</a>' in panel


def test_without_loaded_lines_there_are_numbers_all_the_same():
    HelpLine.objects.all().delete()
    assert dict(numbers_of("emergency"))["112"] == ["Ireland"]
    assert dict(numbers_of("crisis"))["988"] == ["United States", "Canada"]


def test_emergency_numbers_name_all_their_countries():
    assert dict(numbers_of("emergency"))["911"] == ["United States", "Canada"]
    assert dict(numbers_of("crisis"))["116 123"] == ["United Kingdom", "Ireland"]


def test_the_page_begins_with_what_may_have_happened(client):
    html = client.get("/help-now/").content.decode()
    choices = re.findall(r'<a href="([^"]+)">', html[html.index('aria-label="What has happened"') :].split("</nav>")[0])
    articles = [f"/guide/{slug}/" for slug in ("overdose", "stopping-drinking", "for-family-and-friends")]
    assert choices == [articles[0], "#crisis", *articles[1:], "#lines"]
    crisis = html[html.index('id="crisis"') : html.index('id="lines"')]
    assert re.findall(r'href="tel:([^"]+)"', crisis) == [
        call_url(n).removeprefix("tel:") for n, _ in numbers_of("crisis")
    ]


def test_the_panel_reads_the_lines_as_they_are_now_in_one_query(client, django_assert_num_queries):
    panel_lines()  # composes the SQL
    line = HelpLine.objects.get(name="Samaritans", country="GB")
    HelpLine.objects.filter(pk=line.pk).update(phone="0800 000 000", position=0)
    with django_assert_num_queries(1):
        lines = panel_lines()
    assert lines[0] == ("GB", "crisis", "Samaritans", "0800 000 000", line.sms, line.url)
    assert list(lines) == list(HelpLine.objects.values_list(*PanelLine._fields))
    assert 'href="tel:0800000000"' in client.get("/privacy/").content.decode().partition("<main")[0]
