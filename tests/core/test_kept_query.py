"""core.kept_query: the same rows as the queryset, with the arguments of each call."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from allauth.account.models import EmailAddress
from django.db.models import Count, F, Value
from django.utils import timezone

from accounts.models import User
from core.kept_query import KeptQuery


def since(pk, moment):
    return User.objects.filter(pk__gte=pk, date_joined__lte=moment).annotate(twice=F("pk") * 2).order_by("pk")


def test_each_call_has_its_own_arguments(maya, noah, django_assert_num_queries):
    kept, later = KeptQuery(since, int, datetime), datetime(9999, 1, 1, tzinfo=UTC)
    with django_assert_num_queries(3):
        assert [(user, user.twice) for user in kept(maya.pk, later)] == [(maya, maya.pk * 2), (noah, noah.pk * 2)]
        assert kept(noah.pk, later) == [noah]
        assert kept(maya.pk, datetime(2001, 1, 1, tzinfo=UTC)) == []


def test_related_objects_come_with_the_rows(maya, django_assert_num_queries):
    addresses = KeptQuery(lambda pk: EmailAddress.objects.filter(user=pk).select_related("user"), int)
    with django_assert_num_queries(1):
        assert addresses(maya.pk)[0].user.display_name == "Maya"


def test_prefetched_rows_come_with_them(maya, noah, django_assert_num_queries):
    people = KeptQuery(
        lambda pk: User.objects.filter(pk__gte=pk).prefetch_related("emailaddress_set").order_by("pk"), int
    )
    with django_assert_num_queries(2):
        found = {person: [address.email for address in person.emailaddress_set.all()] for person in people(maya.pk)}
    assert found == {maya: ["maya@example.org"], noah: ["noah@example.org"]}


def test_a_query_by_keys_takes_as_many_as_there_are(maya, noah):
    people = KeptQuery(
        lambda at, *keys: User.objects.filter(date_joined__lte=at, pk__in=keys).order_by("pk"), datetime, int, int
    )
    now = timezone.now()
    assert [people.with_keys(keys, now) for keys in ([], [noah.pk], [noah.pk, maya.pk])] == [[], [noah], [maya, noah]]


def test_words_and_identifiers_can_be_arguments(maya, noah):
    named = KeptQuery(lambda name: User.objects.filter(display_name=name), str)
    assert (named("Noah"), named("%s"), named("")) == ([noah], [], [])
    key = uuid4()
    same = KeptQuery(lambda pk, key: User.objects.filter(pk=pk).annotate(key=Value(key)), int, UUID)
    assert [user.key for user in same(maya.pk, key)] == [key]


def test_rows_of_values_are_what_the_queryset_returns(maya, noah):
    def named(pk):
        return User.objects.filter(pk__gte=pk).order_by("pk")

    rows = {
        "values": lambda pk: named(pk).annotate(twice=F("pk") * 2).values("display_name", "twice"),
        "values_list": lambda pk: named(pk).values_list("pk", "display_name"),
        "flat": lambda pk: named(pk).values_list("display_name", flat=True),
        "grouped": lambda pk: named(pk).order_by().values("state").annotate(n=Count("pk")),
    }
    for build in rows.values():
        kept = KeptQuery(build, int)
        for pk in (maya.pk, noah.pk):
            assert kept(pk) == list(build(pk))


def test_a_number_beyond_all_columns_finds_nothing(maya, django_assert_num_queries):
    kept = KeptQuery(lambda pk: User.objects.filter(pk=pk), int)
    with django_assert_num_queries(0):
        assert kept(10**30) == []


def test_sql_that_lost_an_argument_is_refused(db):
    kept = KeptQuery(lambda pk: User.objects.filter(pk=pk + 1), int)
    with pytest.raises(ValueError, match="each of its arguments"):
        kept(1)
