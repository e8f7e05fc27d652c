from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guide.content_io.checks import content_errors
from guide.content_io.reader import ContentError, read_content


class Command(BaseCommand):
    help = "Checks the content files: claims without a source, dead links, unwanted words."

    def handle(self, **options: Any) -> None:
        try:
            errors = content_errors(read_content())
        except ContentError as error:
            raise CommandError(str(error)) from error
        for message in errors:
            self.stderr.write(message)
        if errors:
            raise CommandError(f"{len(errors)} errors.")
        self.stdout.write("The content files follow the rules.")
