"""Help lines by country: which countries are offered, in which order, and what to say for all others."""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple, TypeVar

from django.db import connections, router

from accounts.text.locations import country_name
from guide.models import HelpLine
from guide.text.phone_links import number_and_remark

DIRECTORY_NAME, DIRECTORY_URL = "findahelpline.com", "https://findahelpline.com"
# Where 112 is the emergency number: the member states of the European Union (source S324).
WITH_112 = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
Need = HelpLine.Need
# The emergency number of a country without lines of its own, as a row for the tag `help_line`.
EMERGENCY_LINE = {"need": "emergency", "name": "Emergency services", "phone": "112", "sms": "", "url": ""}
# What is shown until the guide's help lines are loaded: a page for someone in danger is never without numbers.
BUILT_IN = {
    Need.EMERGENCY: [
        ("911", ["United States", "Canada"]),
        ("999", ["United Kingdom"]),
        ("112", ["Ireland"]),
        ("000", ["Australia"]),
        ("111", ["New Zealand"]),
    ],
    Need.CRISIS: [
        ("988", ["United States", "Canada"]),
        ("116 123", ["United Kingdom", "Ireland"]),
        ("13 11 14", ["Australia"]),
        ("1737", ["New Zealand"]),
    ],
}


class PanelLine(NamedTuple):
    """What the help panel shows of a help line."""

    country: str
    need: str
    name: str
    phone: str
    sms: str
    url: str


Line = TypeVar("Line", HelpLine, PanelLine)


class Country(NamedTuple):
    code: str
    name: str
    lines: list[HelpLine]


def countries_with_lines() -> list[Country]:
    """Every country that is offered, with its lines, in the order of the editors' positions. One query.

    A country is offered only with an emergency number and a crisis line that answers calls.
    """
    return [Country(*row) for row in by_country(HelpLine.objects.all())]


def by_country(lines: Iterable[Line]) -> list[tuple[str, str, list[Line]]]:
    """(code, name, lines) of each country that is offered, in the order of the lines."""
    by_code: dict[str, list[Line]] = {}
    for line in lines:
        by_code.setdefault(line.country, []).append(line)
    return [(code, country_name(code) or code, found) for code, found in by_code.items() if _is_complete(found)]


def panel_lines() -> tuple[PanelLine, ...]:
    """What the help panel shows of all lines, in the editors' order. It is on every page, so its SQL is composed only once."""
    with connections[router.db_for_read(HelpLine)].cursor() as cursor:
        cursor.execute(_panel_sql())
        return tuple(PanelLine(*row) for row in cursor.fetchall())


@cache
def _panel_sql() -> str:
    return str(HelpLine.objects.values_list(*PanelLine._fields).query)


def _is_complete(lines: list[Line]) -> bool:
    called = {line.need for line in lines if line.phone}
    return {Need.EMERGENCY, Need.CRISIS} <= called


def offered_countries() -> list[tuple[str, str]]:
    """(code, name) of each country that a reader or a member may choose, by name."""
    return sorted(((country.code, country.name) for country in countries_with_lines()), key=lambda row: row[1])


def lines_for(code: str, needs: set[str]) -> list[HelpLine]:
    """The country's lines for these needs, its emergency number always among them; none for a country not offered."""
    wanted = needs | {Need.EMERGENCY}
    found = next((country.lines for country in countries_with_lines() if country.code == code), [])
    return [line for line in found if line.need in wanted]


def other_lines(line: HelpLine) -> list[HelpLine]:
    """Lines to call or text instead of this one: for the same need, for a crisis, and the emergency number."""
    found = lines_for(line.country, {line.need, Need.CRISIS, Need.TEXT})
    return [other for other in found if other.pk != line.pk and (other.phone or other.sms)]


def emergency_advice(code: str) -> str:
    """Whom to call in danger in a country without lines of its own, or anywhere."""
    if code in WITH_112:
        return f"In {country_name(code)}, call 112, the emergency number."
    name = country_name(code)
    return f"Call the emergency number {f'in {name}' if name else 'where you are'}."


def emergency_line(code: str) -> dict[str, str] | None:
    """Return 112 as a line for a country that has it but no lines of its own, or None."""
    return EMERGENCY_LINE | {"country": code} if code in WITH_112 else None


def numbers_of(need: str) -> list[tuple[str, list[str]]]:
    """(number, names of the countries that have it) of each country's first line for this need."""
    found: dict[str, list[str]] = {}
    for country in countries_with_lines():
        line = next(line for line in country.lines if line.need == need and line.phone)
        found.setdefault(number_and_remark(line.phone)[0].replace("9-8-8", "988"), []).append(country.name)
    return list(found.items()) or BUILT_IN[Need(need)]
