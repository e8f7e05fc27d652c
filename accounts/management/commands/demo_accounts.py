from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User

PASSWORD = "daylight-and-wood"  # noqa: S105  for demonstration on one's own machine only
PEOPLE = [
    # e-mail, display name, staff, superuser, groups
    ("admin@example.org", "Admin", True, True, []),
    ("elif@example.org", "Elif the editor", True, False, ["Guide editors"]),
    ("maya@example.org", "Maya", False, False, []),
]


class Command(BaseCommand):
    help = "Makes the demonstration accounts and prints their logins. Refuses outside development."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Demonstration accounts are for development settings only.")
        for email, name, staff, superuser, groups in PEOPLE:
            self._make(email, name, staff, superuser, groups)
        for email, name, *_ in PEOPLE:
            self.stdout.write(f"  {name:<16} {email:<20} {PASSWORD}")

    def _make(self, email: str, name: str, staff: bool, superuser: bool, groups: list[str]) -> None:
        rights = {"is_staff": staff, "is_superuser": superuser, "display_name": name}
        user, made = User.objects.get_or_create(email=email, defaults=rights)
        if made:
            user.set_password(PASSWORD)
            user.save(update_fields=["password"])
            user.groups.set(Group.objects.filter(name__in=groups))
