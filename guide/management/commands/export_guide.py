from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from guide.content_io.exporter import write_guide, zip_guide


class Command(BaseCommand):
    help = "Exports what readers see now as content files for load_guide, into a folder or a zip."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("folder", type=Path, nargs="?", help="for example guide/content")
        parser.add_argument("--zip", type=Path, dest="archive", metavar="FILE")
        parser.add_argument(
            "--translators", action="store_true", help="add a README and a list of terms for translators"
        )

    def handle(self, *, folder: Path | None, archive: Path | None, translators: bool, **options: Any) -> None:
        if (folder is None) == (archive is None) or (translators and archive is None):
            raise CommandError("Name a folder, or --zip FILE; --translators needs --zip.")
        if archive:
            archive.write_bytes(zip_guide(translators=translators))
        for name in write_guide(folder) if folder else []:
            self.stdout.write(f"Removed {name}: no page or picture has that name.")
