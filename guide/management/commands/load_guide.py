from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guide.content_io.importer import load_guide
from guide.content_io.reader import FOLDER, ContentError, read_content
from guide.text.markdown import TextTooLong


class Command(BaseCommand):
    help = "Loads the guide from its content files. Never overwrites what an editor changed."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--folder", type=Path, default=FOLDER)

    def handle(self, *, folder: Path, verbosity: int, **options: Any) -> None:
        try:
            report = load_guide(read_content(folder))
        except (ContentError, TextTooLong) as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(f"Loaded {len(report.loaded)} items." if report.changed else "Nothing to load.")
        for line in report.skipped:
            self.stdout.write(f"Skipped {line}.")
