"""The help lines as open data: one JSON object, whose fields the page “Open data” explains."""

import hashlib
import json
from typing import Any

from django.urls import reverse

from core.open_data import about, absolute_url
from guide.models import HelpLine, Source
from guide.pages.help_lines import Country, countries_with_lines
from guide.text.markdown import plain_text, render_fragment

SCHEMA = 1  # raise it when a field is removed or changes its meaning
FIELDS = {
    "schema": "The version of this format. It changes if a field is removed or changes its meaning.",
    "version": "Changes whenever any line changes.",
    "checked": "The day on which the line that was checked last was checked.",
    "about": "The page that explains the file.",
    "license": "The license of this file.",
    "lines": "The help lines, in the order in which the site shows them.",
}
LINE_FIELDS = {
    "id": "The line’s number on this site. It stays the same when the line is corrected.",
    "country": "The country’s two letters (ISO 3166-1).",
    "country_name": "The country’s name in English.",
    "need": "What the line is for: emergency, crisis, text, poison, violence, child, using-alone, overdose or treatment.",
    "need_name": "The same in a few words.",
    "name": "The line’s own name.",
    "phone": "The number to call, with words in parentheses if they matter. Empty: no calls.",
    "text": "How to send a text message. Empty: no text messages.",
    "url": "The line’s website, if we know one.",
    "note": "Who it is for, when it answers, and what it costs, where we know.",
    "checked": "The day on which someone here last looked at the number.",
    "seen_at_owner": "Whether we saw the number on its owner’s own page. If not, check it before you rely on it.",
    "sources": "Where we found it: each source’s title, address, and the day on which we last looked.",
    "report": "A form on this site for telling us that the line is wrong.",
}


def help_line_data() -> dict[str, Any]:
    """Return all lines of the countries that the site offers. Two queries."""
    countries = countries_with_lines()
    keys = {key for country in countries for line in country.lines for key in line.sources}
    sources = {source.key: source for source in Source.objects.by_keys(sorted(keys))}
    lines = [_line(line, country, sources) for country in countries for line in country.lines]
    digest = hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()
    return {
        "schema": SCHEMA,
        "version": digest[:12],
        "checked": max((line["checked"] for line in lines), default=None),
        **about(),
        "lines": lines,
    }


def _line(line: HelpLine, country: Country, sources: dict[str, Source]) -> dict[str, Any]:
    cited = [sources[key] for key in line.sources if key in sources]
    return {
        "id": line.pk,
        "country": line.country,
        "country_name": country.name,
        "need": line.need,
        "need_name": line.get_need_display(),
        "name": line.name,
        "phone": line.phone,
        "text": line.sms,
        "url": line.url,
        "note": plain_text(render_fragment(line.note)),
        "checked": line.checked.isoformat(),
        "seen_at_owner": line.seen_at_owner,
        "sources": [{"title": s.title, "url": s.link, "checked": s.checked.isoformat()} for s in cited],
        "report": absolute_url(reverse("guide:report-help-line", args=[line.pk])),
    }
