import re
from typing import Any

import textstat
from django.core.management.base import BaseCommand

from guide.content_files import ArticleFile, read_content

MEDICAL = re.compile(
    r"\b(naltrexone|buprenorphine|methadone|disulfiram|acamprosate|vivitrol|naloxone|kratom|tramadol|codeine|loperamide"
    r"|opioids?|medicines?|clinicians?|prescribers?|injections?|withdrawal|alcohol|pharmac\w+|emergency|pregnan\w+"
    r"|breastfeeding|antagonists?|tolerance|overdoses?|fibromyalgia|eosinophilic|pneumonia|anaphylaxis)\b",
    re.IGNORECASE,
)


def plain_prose(markdown: str) -> str:
    """The sentences of a text; tables, headings, marks and medical names (which readers must meet) do not count."""
    text = re.sub(r"\[\^[^\]]*\]|\[\[.*?\]\]|^:::.*$|^#+.*$|^\|.*$", " ", markdown, flags=re.MULTILINE)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"^\s*(?:[-*]|\d+\.)\s+(.*?)\.?$", r"\1.", text, flags=re.MULTILINE)
    return MEDICAL.sub("pill", re.sub(r"[*_]", "", text))


def grade(article: ArticleFile) -> float:
    """The Flesch–Kincaid grade: US school years that a reader needs."""
    return float(textstat.flesch_kincaid_grade(plain_prose(article.body)))


class Command(BaseCommand):
    help = "Reading grade, length, citations and open claims of every article file."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{'article':<32}{'words':>6}{'grade':>7}{'cites':>7}{'S0':>5}{'CHECK':>7}")
        for article in read_content().articles:
            prose, body = plain_prose(article.body), article.body
            counts = (len(re.findall(r"\[\^S", body)), body.count("[^S0]"), body.count("[^CHECK"))
            self.stdout.write(
                f"{article.slug:<32}{len(prose.split()):>6}{grade(article):>7.1f}"
                f"{counts[0]:>7}{counts[1]:>5}{counts[2]:>7}"
            )
