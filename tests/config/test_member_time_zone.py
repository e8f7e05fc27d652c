"""Every time that a member reads is in their own time zone, or names its zone."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from accounts.conduct.sanctions import impose
from accounts.models import Notification
from accounts.privacy.account_deletion import request_deletion
from config.middleware import member_time_zone

ROOT = Path(__file__).resolve().parents[2]
TIME = re.compile(r'(?:date|time):["\'][^"\']*H:i[^"\']*["\']')
ZONES = [
    ("Asia/Tokyo", "6 December 2026, 00:30 JST"),
    ("UTC", "5 December 2026, 15:30 UTC"),
    ("America/New_York", "5 December 2026, 10:30 EST"),
    ("Europe/London", "5 December 2026, 15:30 GMT"),
    ("Asia/Kolkata", "5 December 2026, 21:00 IST"),
    ("Pacific/Auckland", "6 December 2026, 04:30 NZDT"),
    ("America/St_Johns", "5 December 2026, 12:00 NST"),
    ("Asia/Kathmandu", "5 December 2026, 21:15 +0545"),
]


@pytest.mark.parametrize(("zone", "shown"), ZONES)
def test_the_end_of_a_suspension_is_in_the_members_zone(zone, shown, client, maya, vera):
    maya.time_zone = zone
    maya.save()
    end = datetime(2026, 12, 5, 15, 30, tzinfo=UTC)
    impose(maya, by=vera, kind="suspension", reason="Spam.", message="You sent adverts.", ends_at=end)
    client.force_login(maya)
    assert shown in client.get("/account/conduct/").content.decode()


def test_the_date_of_a_deletion_is_the_members(maya, monkeypatch):
    moment = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
    maya.time_zone = "Asia/Tokyo"
    maya.save()
    request_deletion(maya, posts_choice="leave")
    assert "We’ll delete it on 06 December 2026" in Notification.objects.get(recipient=maya).sentence


def test_the_zone_of_one_request_does_not_stay_for_the_next(client, maya, rf):
    from django.utils import timezone

    maya.time_zone = "Asia/Tokyo"
    maya.save()
    client.force_login(maya)
    client.get("/account/conduct/")
    assert timezone.get_current_timezone_name() == "UTC"


def test_the_admin_stays_in_utc_as_its_fields_say(rf, maya, settings):
    from django.utils import timezone

    maya.time_zone = "Asia/Tokyo"
    used = member_time_zone(lambda request: timezone.get_current_timezone_name())
    zones = {}
    for path in ("/admin/", "/account/"):
        request = rf.get(path)
        request.user, request.COOKIES[settings.SESSION_COOKIE_NAME] = maya, "any"
        zones[path] = used(request)
    assert zones == {"/admin/": "UTC", "/account/": "Asia/Tokyo"}


def test_every_time_on_a_page_names_its_zone():
    pages = [p for p in (ROOT / "templates").rglob("*.html") if not {"admin", "team"} & set(p.parts)]
    times = {f"{p.name}: {found}" for p in pages for found in TIME.findall(p.read_text()) if " e" not in found}
    assert times == set()  # the duty board, in team/, names the zone of all its times once
    assert sum(bool(TIME.search(p.read_text())) for p in pages) > 10
