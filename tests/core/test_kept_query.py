"""core.kept_query: the same rows as the queryset, with the arguments of each call."""

from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.db.models import Count, F

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
