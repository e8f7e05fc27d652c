import re
from typing import Any

import textstat
from django.core.management.base import BaseCommand

from guide.content_io.reader import ArticleFile, read_content
from guide.lint.readability import plain_prose


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
