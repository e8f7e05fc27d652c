"""Queries of pages that grow with the forum read an index. With sequential scans switched off, the plan names it."""

import pytest
from django.db import connection

from forum.models import ReviewItem, Thread
from forum.threads.feeds import CategoryFeed
from forum.triage.detection import waiting_with_text


@pytest.fixture
def no_scans(db):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off")


@pytest.mark.usefixtures("no_scans")
def test_a_feed_reads_the_newest_threads_of_its_category(category):
    plan = CategoryFeed().items(category).explain()
    assert "new_threads_of_a_category" in plan
    assert "Sort" not in plan


@pytest.mark.usefixtures("no_scans")
def test_a_repeated_text_is_found_by_its_hash():
    assert "waiting_revisions_by_text" in waiting_with_text("The same words again.").explain()


def test_the_queue_is_not_joined_with_itself(dr_okafor):
    rows = ReviewItem.objects.open().for_moderator(dr_okafor)
    assert str(rows.query).count(f'FROM "{ReviewItem._meta.db_table}"') == 1
    assert Thread._meta.db_table not in str(rows.query)
