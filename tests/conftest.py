import socket
from collections import Counter
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.contrib.staticfiles import finders
from django.core.cache import caches
from django.db import connection, transaction
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import blocking_manager_key

from accounts import house_rules, site_settings
from accounts.auth.session_length import record_activity
from accounts.house_rules import FIRST_VERSION
from accounts.models import Credential, User
from accounts.permissions import needs_second_factor
from accounts.roles import EDITORS, MODERATORS, REVIEWERS, VERIFIERS
from config.staticfiles.fonts import FAMILIES
from core import page_cache
from forum.moderation.pending_actions import NEXT_DUE_KEY, NOTHING
from forum.triage import rule_store
from guide.models import Article, Section
from guide.review.revisions import Draft, publish_loaded, write_revision
from tests.loaded_guide import bring_guide
from tests.markup import as_read
from tests.migrated_rows import commits, keep_migrated_rows, put_migrated_rows_back
from tests.smtp_sink import Sink
from tests.template_database import ensure_template

# The files that take longest, each of them a minute or more, though few have many tests.
LONGEST = [
    "tools/test_production_trial.py",  # first also because it starts a browser of its own, before the process has another
    "forum/publishing/test_cached_pages.py",
    "forum/test_anonymity.py",
    "forum/test_leaks.py",
    "forum/search/test_hostile.py",
    "architecture/test_access.py",
    "guide/content_io/test_exporter.py",
    "forum/test_object_access.py",
    "architecture/test_hostile_requests.py",
]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Let pytest-xdist's workers begin with the longest files, so that none is left alone with one at the end."""
    if not hasattr(config, "workerinput"):
        return
    names = {item.path: item.path.relative_to(Path(__file__).parent).as_posix() for item in items}
    tests = Counter(names[item.path] for item in items)
    places = {name: LONGEST.index(name) if name in LONGEST else len(LONGEST) for name in tests}
    items.sort(key=lambda item: (places[names[item.path]], -tests[names[item.path]], names[item.path]))


@pytest.fixture(scope="session", autouse=True)
def _fonts(request):
    """Make the fonts before a browser waits for them, once for each checkout: subsetting takes seconds."""
    if any(item.get_closest_marker("browser") for item in request.session.items):
        for family in FAMILIES:
            finders.find(f"fonts/{family}.woff2")


def empty_caches():
    """Forget cached pages, rate limits and used codes."""
    for cache in caches.all(initialized_only=False):
        cache.clear()
    page_cache.shared().set(NEXT_DUE_KEY, NOTHING, 60)  # as in a process that has looked
    page_cache.shared().set(site_settings.KEY, site_settings.NEVER_SAVED, 600)
    page_cache.shared().set(house_rules.KEY, house_rules.FIRST_VERSION, 600)


@pytest.fixture(autouse=True)
def _empty_caches():
    empty_caches()


@pytest.fixture(autouse=True)
def _real_outbox(settings):
    """Restore our mail backend, which Django's test runner replaces."""
    settings.EMAIL_BACKEND = "accounts.notifications.mail_backend.OutboxBackend"


class PersonsClient(Client):
    """A browser whose person, where the site asks for it, has a second factor and used it when they logged in.

    It reads HTML without the line breaks of the templates.
    """

    def request(self, **request):
        response = super().request(**request)
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            response.content = as_read(response.content.decode()).encode()
        return response

    def force_login(self, user, backend=None):
        super().force_login(user, backend)
        if not needs_second_factor(user):
            return
        if not user.authenticator_set.exists():
            TOTP.activate(user, generate_totp_secret())
        request = HttpRequest()
        request.session, request.user = self.session, user
        record_authentication(request, user, "mfa", type="totp")
        record_activity(request.session)
        request.session.save()


def logged_in(user=None):
    client = PersonsClient()
    if user:
        client.force_login(user)
    return client


def fresh(client):
    """Copy a client, so that changes to its cookies don't affect other tests."""
    copy = PersonsClient()
    copy.cookies = deepcopy(client.cookies)
    return copy


@pytest.fixture
def client():
    return PersonsClient()


@pytest.fixture(scope="module")
def module_transaction(django_db_setup, django_db_blocker):
    """Let dependent module fixtures insert rows once. Rows written by tests are rolled back."""
    empty_caches()  # these fixtures come before the fixture that does it for each test
    with django_db_blocker.unblock(), transaction.atomic():
        with django_db_blocker.block():
            yield
        transaction.set_rollback(True)


@pytest.fixture
def guide(db):
    """The whole guide from the content files."""
    bring_guide()


@pytest.fixture(scope="module")
def module_guide(module_transaction, django_db_blocker):
    """The whole guide, loaded once for a module without transactional tests."""
    with django_db_blocker.unblock():
        bring_guide()


@pytest.fixture(scope="module")
def loaded_rules(module_transaction, django_db_blocker):
    """The starting triage rules, loaded once for a module without transactional tests."""
    with django_db_blocker.unblock():
        rule_store.load()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings, django_db_blocker, django_db_keepdb, django_db_use_migrations
):
    """Copy the test database from a migrated one, instead of migrating it."""
    if django_db_use_migrations and not django_db_keepdb:
        with django_db_blocker.unblock():
            connection.settings_dict["TEST"] |= {"TEMPLATE": ensure_template(), "MIGRATE": False}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        keep_migrated_rows()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    result = yield
    if nextitem and commits(item):  # after the last test, the database is gone
        with item.config.stash[blocking_manager_key].unblock():
            put_migrated_rows_back()
    return result


def person(email, name, *groups, **fields):
    """Create an adult member who accepted the rules."""
    rights = {"adult_confirmed_at": timezone.now(), "rules_accepted": FIRST_VERSION, **fields}
    user = User.objects.create_user(f"{email}@example.org", "pw", display_name=name, **rights)
    user.groups.set(Group.objects.filter(name__in=groups))
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def clinician(email, name, *groups, **fields):
    user = person(email, name, *groups, **fields)
    now = timezone.now()
    approved = {"state": Credential.State.APPROVED, "approved_at": now, "expires_at": now + timedelta(days=365)}
    Credential.objects.create(
        user=user, profession="physician", legal_name=f"{name} Legal", license_number="L1", **approved
    )
    return user


@pytest.fixture
def elif_(db):
    """Elif, the editor."""
    return person("elif", "Elif", EDITORS, is_staff=True)


@pytest.fixture
def dr_okafor(db):
    """A verified clinician who may sign articles and moderate."""
    return clinician("okafor", "Dr. Okafor", REVIEWERS, MODERATORS, is_staff=True)


@pytest.fixture
def dr_lind(db):
    """A second clinician."""
    return clinician("lind", "Dr. Lind", REVIEWERS, MODERATORS, is_staff=True)


@pytest.fixture
def vera(db):
    """Vera, who verifies clinicians."""
    return person("vera", "Vera", VERIFIERS, is_staff=True)


@pytest.fixture
def maya(db):
    """A member."""
    return person("maya", "Maya")


@pytest.fixture
def noah(db):
    """Another member."""
    return person("noah", "Noah")


def small_article():
    section = Section.objects.create(key="t", title="Test", summary="Test", position=1)
    found = Article.objects.create(slug="small")
    page = Draft("Small", "A small page.", "Short.[^site]", "## One\n\nText.[^site]\n", section=section.pk, position=1)
    publish_loaded(write_revision(found, page, by=None))
    found.refresh_from_db()
    return found


@pytest.fixture
def article(db):
    """A small published article."""
    return small_article()


@pytest.fixture
def root():
    return Path(__file__).resolve().parents[1]


@pytest.fixture
def sink(settings):
    sink = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    settings.MAIL_CARRIER = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield sink
    controller.stop()
