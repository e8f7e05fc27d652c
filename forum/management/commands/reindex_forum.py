from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum.publishing.search_index import rebuild, wrong

SHOWN = 50


class Command(BaseCommand):
    help = "Makes the forum's search index anew from what can be read. With --check it only compares."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; end with 1 where any row is wrong")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if not check:
            self.stdout.write(f"{rebuild()} posts can be found.")
            return
        found = wrong()
        for each in found[:SHOWN]:
            self.stdout.write(str(each))
        if found:
            raise CommandError(f"{len(found)} rows are wrong; `manage.py reindex_forum` mends them.")
        self.stdout.write("The index is right.")
