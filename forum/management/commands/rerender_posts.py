from typing import Any

from django.core.management.base import BaseCommand

from forum.publishing.rerender import rerender_all


class Command(BaseCommand):
    help = "Renders posts again that an older version of the renderer made. The worker does this too, slowly."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rerender_all()} texts rendered again.")
