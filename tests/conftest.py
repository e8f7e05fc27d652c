from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.core.management import call_command

from accounts.models import User
from guide.models import Article, Section
from guide.services import Draft, publish_loaded, write_revision


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture
def guide(db):
    """The whole guide as the content files have it."""
    call_command("load_guide", verbosity=0)


@pytest.fixture
def elif_(db):
    """Elif, the editor."""
    user = User.objects.create_user("elif@example.org", "pw", display_name="Elif", is_staff=True)
    user.groups.set(Group.objects.filter(name="Guide editors"))
    return user


@pytest.fixture
def dr_okafor(db):
    """A clinician who may sign articles."""
    user = User.objects.create_user("okafor@example.org", "pw", display_name="Dr. Okafor", is_staff=True)
    wanted = ["sign_articlerevision", "view_articlerevision", "view_article"]
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    return user


@pytest.fixture
def maya(db):
    """A member."""
    return User.objects.create_user("maya@example.org", "pw", display_name="Maya")


@pytest.fixture
def article(db):
    """A small published article."""
    section = Section.objects.create(key="t", title="Test", summary="Test", position=1)
    found = Article.objects.create(slug="small", section=section, position=1)
    publish_loaded(write_revision(found, Draft("Small", "A small page.", "Short.", "## One\n\nText.\n"), by=None))
    found.refresh_from_db()
    return found


@pytest.fixture
def root():
    return Path(__file__).resolve().parents[1]
