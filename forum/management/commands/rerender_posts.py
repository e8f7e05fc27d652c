from typing import Any

from django.core.management.base import BaseCommand

from forum.publishing.rerender import rerender_all


class Command(BaseCommand):
    help = "Makes the HTML of every post anew that another version of the renderer made. The worker does so by itself, slowly."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rerender_all()} texts rendered again.")
