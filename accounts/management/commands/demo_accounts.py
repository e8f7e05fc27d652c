import hashlib
import hmac
import time
from base64 import b32decode, b32encode
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.house_rules import current_version
from accounts.models import Credential, CredentialEvent, User
from accounts.permissions import needs_second_factor
from accounts.roles import EDITORS, LEADS, MODERATORS, REVIEWERS, VERIFIERS

PASSWORD = "daylight-and-wood"  # noqa: S105  development only
PERIOD = 30  # seconds for which a code is valid
PEOPLE = [
    # name before the @, display name, rights, groups, profession
    ("admin", "Admin", {"is_staff": True, "is_superuser": True}, [], ""),
    ("elif", "Elif the editor", {"is_staff": True}, [EDITORS], ""),
    ("vera", "Vera the verifier", {"is_staff": True}, [VERIFIERS], ""),
    ("okafor", "Dr. Okafor", {"is_staff": True}, [MODERATORS, REVIEWERS], "physician"),
    ("lind", "Dr. Lind", {"is_staff": True}, [MODERATORS, LEADS, REVIEWERS], "pharmacist"),
    ("maya", "Maya", {"profile_public": True}, [], ""),
    ("noah", "Noah", {}, [], ""),
    # authors in the forum's demonstration threads (forum/content/demo.yaml)
    ("ines", "Ines", {}, [], ""),
    ("juniper", "Juniper", {"profile_public": True}, [], ""),
    ("kettle", "Blue Kettle", {}, [], ""),
    ("marlow", "Marlow", {}, [], ""),
    ("wren", "Wren", {}, [], ""),
]


def secret(email: str) -> str:
    """Return a fixed TOTP secret for the address, so that codes can be printed for anyone who tries the site."""
    return b32encode(hashlib.sha1(email.encode(), usedforsecurity=False).digest()).decode()


def code(email: str) -> str:
    """Return the current TOTP code (RFC 6238)."""
    counter = int(time.time()) // PERIOD
    digest = hmac.digest(b32decode(secret(email)), counter.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0xF
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 10**6:06}"


@transaction.atomic
def make_person(name: str, display_name: str, rights: dict[str, bool], groups: list[str], profession: str) -> None:
    """Create one demonstration account, or complete it."""
    email, now = f"{name}@example.org", timezone.now()
    user = User.objects.filter(email=email).first()
    if user is None:
        member = {"adult_confirmed_at": now, "rules_accepted": current_version(), "rules_accepted_at": now}
        user = User.objects.create_user(email, PASSWORD, display_name=display_name, **member, **rights)
        user.groups.set(Group.objects.filter(name__in=groups))
        if profession:
            _verify(user, profession)
    EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
    if needs_second_factor(user) and not Authenticator.objects.filter(user=user).exists():
        key = {"secret": encrypt(secret(email))}
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=key)


def _verify(user: User, profession: str) -> None:
    now = timezone.now()
    approved = {"state": Credential.State.APPROVED, "approved_at": now, "expires_at": now + timedelta(days=365)}
    invented = {
        "legal_name": f"{user.display_name} (invented)",
        "license_number": "DEMO",
        "jurisdiction": "Nowhere",
    }
    credential = Credential.objects.create(user=user, profession=profession, **invented, **approved)
    CredentialEvent.objects.create(credential=credential, action="approved", by=None, reason="A demonstration account.")


class Command(BaseCommand):
    help = "Create the demonstration accounts and print their logins and codes. Development only."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("Demonstration accounts are for development settings only.")
        for row in PEOPLE:
            make_person(*row)
        for user in User.objects.filter(email__in=[f"{row[0]}@example.org" for row in PEOPLE]).order_by("pk"):
            step = f"  code now: {code(user.email)}" if needs_second_factor(user) else ""
            self.stdout.write(f"  {user.display_name:<18} {user.email:<20} {PASSWORD}{step}")
        self.stdout.write("  Codes change every 30 seconds: make codes")
