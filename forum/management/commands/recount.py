from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum.models import Category
from forum.publishing.guide_citations import cite_again, wrongly_cited
from forum.publishing.recount import differences, recount
from forum.publishing.requeue import mend_queue, queue_faults

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Rebuilds from the posts themselves: counters, the moderators' queue, and which pages of the guide are cited."
        " With --check it only compares, and ends with 1 where anything differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        look = differences if check else recount
        found: list[object] = [each for category in Category.objects.all() for each in look(category)]
        found += queue_faults() if check else mend_queue()
        found += [f"{post}: pages of the guide that it cites" for post in wrongly_cited()]
        for post in [] if check else wrongly_cited():
            cite_again(post)
        for each in found[:SHOWN]:
            self.stdout.write(str(each))
        if len(found) > SHOWN:
            self.stdout.write(f"… and {len(found) - SHOWN} more")
        if check and found:
            raise CommandError(f"{len(found)} things differ; `manage.py recount` mends them.")
        self.stdout.write(f"{len(found)} things mended." if found else "All counters are right.")
