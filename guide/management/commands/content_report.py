import re
from typing import Any

from django.core.management.base import BaseCommand

from guide.content_io.reader import read_content
from guide.lint.readability import count_words, grade


class Command(BaseCommand):
    help = "Lists the reading grade, length, citations and open claims of every article file."

    def handle(self, **options: Any) -> None:
        self.stdout.write(f"{'article':<32}{'words':>6}{'grade':>7}{'cites':>7}{'S0':>5}{'CHECK':>7}")
        for article in read_content().articles:
            body, years = article.body, grade(article.body)
            counts = (len(re.findall(r"\[\^S", body)), body.count("[^S0]"), body.count("[^CHECK"))
            self.stdout.write(
                f"{article.slug:<32}{count_words(body):>6}{'–' if years is None else years:>7}"
                f"{counts[0]:>7}{counts[1]:>5}{counts[2]:>7}"
            )
