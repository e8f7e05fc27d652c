from io import StringIO

import pytest
from django.contrib.postgres.search import SearchQuery
from django.core.management import CommandError, call_command

from accounts.models import User
from forum.management.synthetic import Size, fill
from forum.models import Category, SearchEntry
from forum.moderation import thread_actions
from forum.personal_data import erase
from forum.publishing.search_index import IndexFault, find_faults, index_thread, rebuild
from tests.effort import examples
from tests.forum.publishing.test_recount import Walk


@pytest.mark.parametrize("seed", range(examples(2)))
def test_the_index_matches_the_posts_after_any_sequence(category, maya, noah, dr_okafor, dr_lind, settings, seed):
    settings.FORUM_POSTS_PER_HOUR_NEW = 1000
    Category.objects.create(slug="stories", title="Stories", purpose="Ours.", position=2)
    walk = Walk(seed, [maya, noah], [dr_okafor, dr_lind])
    for _ in range(120):
        walk.step()
    assert find_faults() == []
    kept = list(SearchEntry.objects.order_by("pk").values())
    assert len(kept) > 5
    SearchEntry.objects.all().delete()
    assert rebuild() == len(kept)
    assert list(SearchEntry.objects.order_by("pk").values()) == kept


def test_wrong_rows_are_found_and_corrected(say, maya, noah):
    thread = say(maya, "One.").thread
    missing, behind, gone = (say(noah, words, thread) for words in ("Two.", "Three.", "Four."))
    SearchEntry.objects.filter(pk=missing.pk).delete()
    SearchEntry.objects.filter(pk=behind.pk).update(clinician=True)
    type(gone).objects.filter(pk=gone.pk).update(state="deleted")
    assert find_faults() == [
        IndexFault(missing.pk, True, False),
        IndexFault(behind.pk, True, True),
        IndexFault(gone.pk, False, True),
    ]
    out = StringIO()
    with pytest.raises(CommandError, match="3 rows are wrong"):
        call_command("reindex_forum", check=True, stdout=out)
    assert f"post {gone.pk}: in the index, but not published" in out.getvalue()
    call_command("reindex_forum", stdout=StringIO())
    call_command("reindex_forum", check=True, stdout=StringIO())
    assert (find_faults(), SearchEntry.objects.count()) == ([], 3)


def test_moved_and_merged_threads_are_indexed_in_their_new_place(say, maya, noah, dr_lind):
    other = Category.objects.create(slug="stories", title="Stories", purpose="Ours.", position=2)
    first, second = say(maya, "One.").thread, say(noah, "Two.", title="Zebra").thread
    posts = [say(noah, words, first) for words in ("Three.", "Four.")]
    thread_actions.move_thread(second, other, by=dr_lind)
    assert find_faults() == []
    assert SearchEntry.objects.filter(category=other).count() == 1
    thread_actions.split(posts, "Giraffe", by=dr_lind)
    assert find_faults() == []
    assert SearchEntry.objects.filter(document=SearchQuery("giraffe")).values_list("pk", flat=True).get() == posts[0].pk
    thread_actions.merge(second, first, by=dr_lind)
    assert find_faults() == []
    assert SearchEntry.objects.filter(thread=first).count() == 2
    assert not SearchEntry.objects.filter(document=SearchQuery("zebra")).exists()


def test_a_thread_is_indexed_by_one_statement(say, maya, noah, django_assert_num_queries):
    thread = say(maya, "One.").thread
    say(noah, "Two.", thread)
    SearchEntry.objects.all().delete()
    with django_assert_num_queries(1):
        index_thread(thread.pk)
    assert find_faults() == []


def test_an_erased_members_removed_posts_are_not_found(say, maya, noah):
    say(noah, "Two.", say(maya, "One.").thread)
    maya.posts_choice = User.PostsChoice.REMOVE
    erase(maya)
    assert find_faults() == []
    assert list(SearchEntry.objects.values_list("post__author", flat=True)) == [noah.pk]


def test_a_synthetic_forum_can_be_searched(category):
    fill(Size(threads=20, posts=200, giant=50, seed=3))
    assert find_faults() == []
    assert SearchEntry.objects.count() > 150
