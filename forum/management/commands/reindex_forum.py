from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from forum.publishing.search_index import find_faults, rebuild

SHOWN = 50


class Command(BaseCommand):
    help = "Rebuilds the forum's search index from the published posts. With --check, only compares."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if any row is wrong")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if not check:
            self.stdout.write(f"{rebuild()} posts indexed.")
            return
        found = find_faults()
        for each in found[:SHOWN]:
            self.stdout.write(str(each))
        if found:
            raise CommandError(f"{len(found)} rows are wrong; `manage.py reindex_forum` corrects them.")
        self.stdout.write("The index is correct.")
