from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guide.content_io.checks import faults
from guide.content_io.reader import ContentError, read_content


class Command(BaseCommand):
    help = "Reports what in the content files breaks a rule: a claim without a source, a dead link, an unwanted word."

    def handle(self, **options: Any) -> None:
        try:
            found = faults(read_content())
        except ContentError as error:
            raise CommandError(str(error)) from error
        for fault in found:
            self.stderr.write(fault)
        if found:
            raise CommandError(f"{len(found)} faults.")
        self.stdout.write("The guide's text keeps its rules.")
