from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum.models import Category
from forum.publishing.guide_citations import posts_with_stale_citations, rebuild_citations
from forum.publishing.recount import differences, recount
from forum.publishing.requeue import find_queue_faults, repair_queue

SHOWN = 50


class Command(BaseCommand):
    help = (
        "Recomputes counters, review items and guide citations from the posts."
        " With --check, only compares, and exits with 1 if anything differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        compare = differences if check else recount
        found: list[object] = [each for category in Category.objects.all() for each in compare(category)]
        found += find_queue_faults() if check else repair_queue()
        found += [f"{post}: guide citations" for post in posts_with_stale_citations()]
        for post in [] if check else posts_with_stale_citations():
            rebuild_citations(post)
        for each in found[:SHOWN]:
            self.stdout.write(str(each))
        if len(found) > SHOWN:
            self.stdout.write(f"… and {len(found) - SHOWN} more")
        if check and found:
            raise CommandError(f"{len(found)} differences; `manage.py recount` corrects them.")
        self.stdout.write(f"{len(found)} differences corrected." if found else "No differences.")
