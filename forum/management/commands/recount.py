from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum.models import Category
from forum.services.recount import differences, recount

SHOWN = 50


class Command(BaseCommand):
    help = "Rebuilds the forum's counters from its posts. With --check it only compares, and ends with 1 where any differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        look = differences if check else recount
        found = [each for category in Category.objects.all() for each in look(category)]
        for each in found[:SHOWN]:
            self.stdout.write(str(each))
        if len(found) > SHOWN:
            self.stdout.write(f"… and {len(found) - SHOWN} more")
        if check and found:
            raise CommandError(f"{len(found)} counters differ; `manage.py recount` mends them.")
        self.stdout.write(f"{len(found)} counters mended." if found else "All counters are right.")
