"""Words on their way into a revision: none is lost, and none runs over another's."""

import pytest
from django.core.exceptions import PermissionDenied

from guide.models import Autosave
from guide.services import Draft, Overtaken, keep_words, kept_words, save_words, write_revision

NEW = Draft("New", "S", "Short.[^site]", "New text.[^site]\n")
TYPED = {"title": "New", "summary": "S", "in_short": "Short.[^site]", "body": "New text.[^site]", "note": "why"}


def test_a_double_click_makes_one_revision(article, elif_):
    begun = str(article.live_revision_id)
    first = save_words(article, NEW, begun_from=begun, by=elif_)
    assert (first.number, save_words(article, NEW, begun_from=begun, by=elif_)) == (2, None)
    assert article.revisions.count() == 2


def test_the_second_of_two_is_told(article, elif_):
    begun = str(article.live_revision_id)
    save_words(article, NEW, begun_from=begun, by=elif_)
    other = Draft("Other", "S", "Short.[^site]", "Other.")
    with pytest.raises(Overtaken):
        save_words(article, other, begun_from=begun, by=elif_)
    assert article.revisions.count() == 2


def test_only_who_may_write_saves_or_keeps(article, maya):
    with pytest.raises(PermissionDenied):
        save_words(article, NEW, begun_from="", by=maya)
    with pytest.raises(PermissionDenied):
        keep_words(article, TYPED, begun_from="", by=maya)


def test_kept_words_are_their_writers_alone_and_gone_once_saved(article, elif_, vera):
    keep_words(article, TYPED, begun_from="1", by=elif_)
    keep_words(article, TYPED | {"title": "Newer"}, begun_from="1", by=elif_)
    assert kept_words(article, elif_).words["title"] == "Newer"
    assert kept_words(article, vera) is None
    save_words(article, NEW, begun_from="", by=elif_)
    assert not Autosave.objects.exists()


def test_words_that_arrive_after_they_were_saved_are_not_kept(article, elif_):
    save_words(article, NEW, begun_from="", by=elif_)
    assert keep_words(article, TYPED, begun_from="1", by=elif_) is None


def test_what_a_colleague_saved_word_for_word_is_not_offered(article, elif_, vera):
    keep_words(article, TYPED, begun_from="1", by=elif_)
    write_revision(article, NEW, by=vera)
    assert kept_words(article, elif_) is None


def test_far_too_much_is_refused(article, elif_):
    with pytest.raises(ValueError, match="300,000"):
        keep_words(article, TYPED | {"body": "x" * 300_000}, begun_from="", by=elif_)
