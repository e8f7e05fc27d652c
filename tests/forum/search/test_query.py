"""What forum search finds, for whom, and in which order."""

import itertools
import random
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import F
from django.utils import timezone

from accounts.models import Block, User
from forum.appeals.appeal import appeal
from forum.models import Category, Post, SearchEntry, Thread
from forum.moderation.appeal_decisions import answer_appeal
from forum.moderation.post_removal import remove, restore
from forum.moderation.text_decisions import RedactionSpan, approve, reject
from forum.posting.posts import PostText, delete_post, edit_post
from forum.search import query as query_module
from forum.search.query import PER_PAGE, Criteria, author_by_name, excerpt, search

VISITOR = AnonymousUser()


@pytest.fixture(autouse=True)
def _many_posts(settings):
    settings.FORUM_POSTS_PER_HOUR_NEW = 1000


def page(client, **data):
    return client.get("/search/", {"in": "forum", **data}).content.decode()


def bodies(query="", user=VISITOR, **wanted):
    return [post.live_revision.body for post in search(Criteria(query, **wanted), user).posts]


def test_posts_are_found_by_body_warning_and_title(say, maya, noah):
    thread = say(maya, "I sleep badly.", title="Nights", warning="Insomnia").thread
    say(noah, "Walking helped me.", thread)
    assert bodies("walk") == bodies("walked") == bodies('"walking helped"') == ["Walking helped me."]
    assert bodies("night") == bodies("insomnia") == bodies("sleeping badly") == ["I sleep badly."]
    assert bodies("sleep -badly") == bodies('"helped walking"') == bodies("elephant") == []
    assert bodies("walk or sleep", newest_first=True) == ["Walking helped me.", "I sleep badly."]


def test_only_published_text_is_found(say, maya, dr_okafor):
    post = say(maya, "Zebra.", public=False)
    assert bodies("zebra") == []
    approve(post.revisions.get(), by=dr_okafor)
    assert bodies("zebra") == ["Zebra."]
    edit_post(post, PostText("Giraffe.", title="A question"), by=maya)
    assert (bodies("zebra"), bodies("giraffe")) == (["Zebra."], [])
    approve(post.revisions.get(number=2), by=dr_okafor)
    assert (bodies("zebra"), bodies("giraffe")) == ([], ["Giraffe."])
    edit_post(post, PostText("Lion.", title="A question"), by=maya)
    reject(post.revisions.get(number=3), by=dr_okafor, reason="spam")
    assert (bodies("giraffe"), bodies("lion")) == (["Giraffe."], [])


def test_a_removed_post_disappears_at_once_and_returns_when_restored(client, published, maya, noah, dr_okafor):
    post = published(maya, "Zebra.", published(noah, "Question.").thread)
    assert "Zebra" in page(client, q="zebra").split("</form>")[1]
    remove(post, by=dr_okafor, reason="spam")
    assert SearchEntry.objects.filter(post=post).count() == 0
    assert "results" not in page(client, q="zebra")
    restore(post, by=dr_okafor)
    assert bodies("zebra") == ["Zebra."]
    delete_post(post, by=maya)
    assert bodies("zebra") == []


def test_a_new_title_replaces_the_old_one(published, maya, dr_okafor):
    post = published(maya, "Words.", title="Zebra")
    edit_post(post, PostText("Other words.", title="Giraffe"), by=maya)
    approve(post.revisions.get(number=2), by=dr_okafor)
    assert (bodies("zebra"), bodies("giraffe")) == ([], ["Other words."])


def test_link_targets_are_not_indexed(published, maya):
    published(maya, "Look [there](https://zebra.example/path).")
    assert (len(bodies("look")), bodies("zebra"), bodies("nofollow")) == (1, [], [])


def test_redacted_text_is_not_found_until_an_appeal_restores_it(say, maya, dr_okafor, dr_lind):
    post = say(maya, "I like Jane Austen.", title="Jane", public=False)
    covers = [RedactionSpan(7, 11, "name"), RedactionSpan(0, 4, "name", "title")]
    decision = approve(post.revisions.get(), by=dr_okafor, redactions=covers)
    assert (bodies("jane"), len(bodies("austen"))) == ([], 1)
    assert "Jane" not in search(Criteria("austen"), VISITOR).posts[0].headline
    made = appeal(decision, by=maya, text="She is a writer.")
    answer_appeal(made, by=dr_lind, overturn=True, answer="You are right.")
    assert len(bodies("jane")) == 1


@pytest.mark.parametrize("whose", ["thread", "category", "removed"])
def test_visitors_never_find_members_only_posts(client, published, maya, noah, category, whose):
    thread = published(maya, "Zebra words.", title="Kingfisher", members_only=whose == "thread").thread
    published(noah, "Zebra reply.", thread, title="")
    if whose == "removed":
        Thread.objects.filter(pk=thread.pk).update(state="removed")
    Category.objects.filter(pk=category.pk).update(members_only=whose == "category", title="Heronry")
    for chosen in ({"q": "zebra"}, {"q": "kingfisher"}, {"q": "zebra words"}, {"author": "Maya"}, {"period": "week"}):
        html = page(client, **chosen)
        assert "No posts match" in html or "No posts by a member" in html
        assert "Kingfisher" not in html
    assert ("Heronry" in page(client)) == (whose != "category")
    refused = page(client, q="zebra", category=category.slug)
    assert ("Select a valid choice" in refused) == (whose == "category")
    client.force_login(noah)
    assert page(client, q="zebra").count("Kingfisher</a>") == (0 if whose == "removed" else 2)


def test_filters_by_category_author_clinician_and_date(published, maya, noah, dr_lind, category):
    other = Category.objects.create(slug="other", title="Other", purpose="x", position=2)
    thread = published(maya, "Sleep one.").thread
    published(noah, "Sleep two.", thread)
    published(dr_lind, "Sleep three.", thread)
    old = published(noah, "Sleep four.")
    moved = timezone.now() - timedelta(days=100)
    Post.objects.filter(pk=old.pk).update(published_at=moved)
    SearchEntry.objects.filter(pk=old.pk).update(published_at=moved, category=other)
    day = moved.astimezone(UTC).date()
    assert bodies("sleep", category=other) == ["Sleep four."]
    assert len(bodies("sleep", category=category)) == 3
    assert bodies("sleep", author=maya) == bodies(author=maya) == ["Sleep one."]
    assert bodies("sleep", author=noah, newest_first=True) == ["Sleep two.", "Sleep four."]
    assert bodies("sleep", clinician=True) == bodies(clinician=True) == ["Sleep three."]
    assert [len(bodies("sleep", period=period)) for period in ("week", "month", "year")] == [3, 3, 4]
    assert bodies("sleep", since=day, until=day) == bodies(until=day) == ["Sleep four."]
    assert bodies("sleep", until=day - timedelta(days=1)) == bodies(since=date.max) == []
    assert len(bodies("sleep", since=day)) == len(bodies(since=date.min, until=date.max)) == 4


def test_the_page_applies_its_filters(client, published, maya, noah, dr_lind, category):
    thread = published(maya, "Sleep one.").thread
    published(dr_lind, "Sleep two.", thread)
    assert (
        page(client, q="sleep", clinician="on", author="dr. LIND ", period="week", sort="newest").count("<mark>") == 1
    )
    wrong = page(client, q="sleep", author="Nobody-at-all", since="2026-02-31", until="x", period="'", category="--")
    assert wrong.count("errorlist") == 5
    assert all(typed in wrong for typed in ('value="sleep"', 'value="Nobody-at-all"', 'value="2026-02-31"'))
    assert "<mark>" not in wrong
    assert "This date is before the “From” date." in page(client, since="2026-02-03", until="2026-02-02")


def test_an_anonymous_post_is_not_found_by_author(client, published, maya, noah):
    thread = published(maya, "Zebra, said in secret.", anonymous=True, title="Shy").thread
    published(maya, "Zebra, said openly.", thread)
    for who in (VISITOR, noah, maya):
        assert bodies("zebra", who, author=maya) == bodies("", who, author=maya) == ["Zebra, said openly."]
    assert bodies("maya") == bodies("anonymous") == []
    client.force_login(noah)
    html = page(client, q="secret")
    assert "Anonymous member 1" in html
    assert "Maya" not in html
    assert f"/{maya.pk}/" not in html


def test_posts_are_collapsed_across_a_block_or_mute_but_anonymous_ones_never(client, published, maya, noah):
    thread = published(maya, "Zebra openly.").thread
    published(maya, "Zebra secretly.", thread, anonymous=True)
    client.force_login(noah)
    for owner, other, kind, words in (
        (noah, maya, "mute", "You’ve muted or blocked this member."),
        (noah, maya, "block", "You’ve muted or blocked this member."),
    ):
        Block.objects.all().delete()
        Block.objects.create(owner=owner, other=other, kind=kind)
        html = page(client, q="zebra")
        assert html.count(words) == 1
        assert html.count("Anonymous member 1") == 1
        assert "Maya" not in html.split("found-posts")[1]
        assert page(client, q="zebra", author="Maya").count(words) == 1
    client.logout()
    assert "folded" not in page(client, q="zebra")


def test_a_member_without_a_post_by_name_is_no_different_from_a_name_no_one_has(client, published, maya, noah):
    published(maya, "Zebra, said in secret.", anonymous=True)
    published(noah, "For members.", members_only=True)
    for name in ("Maya", "Noah", "No one"):
        html = page(client, q="zebra", author=name)
        assert "No posts by a member with this name" in html
    client.force_login(maya)
    assert "No posts by" not in page(client, author="Noah")


def test_authors_are_found_only_by_their_full_current_name(published, maya, noah):
    published(maya, "Hello.")
    assert author_by_name("mAyA", VISITOR) == maya
    assert author_by_name("May", VISITOR) is None
    User.objects.filter(pk=maya.pk).update(state=User.State.ERASED, display_name="former member 1")
    assert author_by_name("former member 1", VISITOR) is author_by_name("Maya", noah) is None


def test_a_post_with_a_content_warning_shows_only_the_warning(client, published, maya):
    published(maya, "The zebra bled.", warning="Blood & <i>needles</i>")
    html = page(client, q="zebra")
    assert "Blood &amp; &lt;i&gt;needles&lt;/i&gt;" in html
    assert "bled" not in html
    assert "<mark>" not in html


def test_relevance_prefers_titles_and_proximity_and_newest_prefers_time(published, maya):
    published(maya, "Zebra.", title="Words")
    published(maya, "Nothing else.", title="Zebra")
    published(maya, "A zebra stands, long words later, " + "far away, " * 40 + "beside a lion.", title="Words")
    published(maya, "The zebra lion.", title="Words")
    published(maya, "Last zebra, " + "and other things of no matter whatsoever, " * 30, title="Words")
    assert bodies("zebra")[0] == "Nothing else."
    assert bodies("zebra lion")[0] == "The zebra lion."
    assert bodies("zebra", newest_first=True)[0].startswith("Last zebra")


def test_spelling_is_corrected_and_then_any_word_matches(client, guide, published, maya):
    published(maya, "How naltrexone feels.")
    assert "Showing results for <strong>naltrexone</strong>" in page(client, q="naltraxone")
    assert "No post has all these words" in page(client, q="naltrexone zebra")
    assert "No posts match “zebra”" in page(client, q="zebra")


def test_accents_are_ignored_and_other_scripts_are_found(published, maya):
    published(maya, "Un café, s'il vous plaît.")
    published(maya, "नमस्ते दुनिया")
    published(maya, "شكرا جزيلا لكم")
    assert bodies("cafe plait") == bodies("CAFÉ") == ["Un café, s'il vous plaît."]
    assert bodies("दुनिया") == ["नमस्ते दुनिया"]
    assert bodies("جزيلا") == ["شكرا جزيلا لكم"]


@pytest.mark.parametrize("newest", [True, False])
def test_pages_neither_lose_nor_repeat_posts_while_new_ones_arrive(client, published, maya, newest):
    thread = published(maya, "Start.").thread
    said = [published(maya, f"Zebra number {n}.", thread).pk for n in range(PER_PAGE + 5)]
    chosen = {"q": "zebra", "sort": "newest" if newest else ""}
    first = client.get("/search/", {"in": "forum", **chosen})
    published(maya, "Zebra newcomer.", thread)
    address = re.search(r'href="(\?[^"]+)" rel="next"', first.content.decode())[1].replace("&amp;", "&")
    second = client.get(f"/search/{address}")
    shown = [post.pk for answer in (first, second) for post in answer.context["found"].posts]
    assert sorted(shown) == said
    assert newest is False or shown == said[::-1]
    assert 'rel="prev"' in second.content.decode()
    assert 'rel="next"' not in second.content.decode()


def test_only_the_newest_matches_are_paged(client, published, maya, monkeypatch):
    monkeypatch.setattr("forum.search.query.NEWEST", 4)
    monkeypatch.setattr("forum.search.query.PER_PAGE", 2)
    thread = published(maya, "Start.").thread
    for n in range(6):
        published(maya, f"Zebra number {n}.", thread)
    for sort in ("", "newest"):
        assert 'rel="next"' in page(client, q="zebra", sort=sort)
        assert "Only the newest" not in page(client, q="zebra", sort=sort)
        last = page(client, q="zebra", sort=sort, page=2)
        assert "Zebra number" in re.sub("</?mark>", "", last)
        assert 'rel="next"' not in last
        assert "Only the newest 1,000" in last


def test_an_outdated_row_reveals_nothing_the_posts_do_not_show(published, maya):
    post = published(maya, "Zebra.")
    Post.objects.filter(pk=post.pk).update(state="removed")
    assert bodies("zebra") == []
    Post.objects.filter(pk=post.pk).update(state="published")
    Thread.objects.update(members_only=True)
    assert (bodies("zebra"), bodies("zebra", maya)) == ([], ["Zebra."])


def test_the_search_page_is_neither_indexed_nor_cached(client, published, maya):
    published(maya, "Zebra.")
    answer = client.get("/search/", {"in": "forum", "q": "zebra"})
    assert answer["X-Robots-Tag"] == client.get("/search/", {"q": "x"})["X-Robots-Tag"] == "noindex"
    assert '<meta name="robots" content="noindex">' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    assert not client.cookies


def test_the_tabs_carry_the_query_across(client, category):
    assert "?in=forum&amp;q=missed%20dose" in client.get("/search/", {"q": "missed dose"}).content.decode()
    assert 'href="/search/?q=missed%20dose"' in page(client, q="missed dose")
    assert 'name="in" value="forum"' in client.get("/forum/").content.decode()


def test_a_query_that_suggests_danger_shows_help_first(client, db):
    assert "If you or someone with you is in danger" in page(client, q="I want to die")


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_costs_a_constant_number_of_queries(
    client, rows, published, maya, noah, dr_lind, category, django_assert_num_queries
):
    for n, who in zip(range(rows), (maya, noah, dr_lind), strict=False):
        published(who, f"Zebra {n}.", title=f"Title {n}")
    page(client, q="")  # absorbs the once-a-minute check for scheduled guide texts
    for chosen in ({"q": "zebra"}, {"q": "zebra", "sort": "newest"}):
        with django_assert_num_queries(5):  # triage's newest rule; categories, matches, posts; help lines
            assert page(client, **chosen).count("Title ") == rows
    with django_assert_num_queries(4):
        assert page(client, period="week", category=category.slug).count("Title ") == rows
    client.force_login(noah)
    with django_assert_num_queries(7):  # and: session; person
        assert page(client, q="zebra").count("Title ") == rows


def test_entries_follow_the_posts(say, maya, dr_lind):
    say(dr_lind, "Answer.", say(maya, "Question.").thread)
    now = SearchEntry.objects.filter(thread=F("post__thread"), category=F("post__thread__category"))
    now = now.filter(revision=F("post__live_revision"), published_at=F("post__published_at"))
    assert list(now.order_by("pk").values_list("clinician", flat=True)) == [False, True]
    assert Criteria(as_of=datetime(2026, 1, 1, tzinfo=UTC)).has_any is False


def test_excerpts_keep_numbers_signs_and_the_numbers_of_a_list(published, maya):
    published(maya, "Zebra: <50 mg, 1*50 and 1,000–1,200 a week.\n\n3. zebra on day three\n7. fine &frac12; ½")
    found = search(Criteria(query="zebra"), maya).posts[0]
    plain = re.sub("</?mark>", "", excerpt(found))
    assert plain == "Zebra: &lt;50 mg, 1*50 and 1,000–1,200 a week. 3. zebra on day three 7. fine &amp;frac12; ½"


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("quibberish", "I said “quibberish day” to her"),
        ("wombleton", "I drank beer–wombleton and then—snarkle—nothing"),
        ("partner's grommet", "My partner’s grommet"),
        ("side-effects quaxle", "My side effects quaxle"),
        ("long acting quaxle", "The long-acting quaxle"),
        ("“quaxle day”", "A quaxle day"),
        ("quaxle -long-acting", "quaxle acting long"),
    ],
)
def test_marks_make_no_difference(published, maya, query, text):
    post = published(maya, text)
    found = search(Criteria(query=query), maya)
    assert ([p.pk for p in found.posts], found.partly, found.corrected) == ([post.pk], False, "")


def test_no_word_is_corrected_to_a_part_of_it(published, maya):
    published(maya, "A flat day")
    assert search(Criteria(query="zingflat"), maya).posts == []


def test_the_kept_queries_return_what_the_querysets_do(published, maya, noah, elif_):
    chance, words = random.Random(5), ["walk", "walking", "sleep", "tea", "rain"]
    Block.objects.create(owner=maya, other=noah, kind=Block.Kind.MUTE)
    for n in range(15):
        body = f"{' '.join(chance.choices(words, k=4))} <{n}>."
        published(chance.choice([maya, noah, elif_]), body, title="Rain", members_only=n % 5 == 0)
    for user, query in itertools.product(
        [VISITOR, maya, noah], ["walk", '"walk walk"', "tea -rain", "rain or tea", "snow"]
    ):
        now = timezone.now()
        rows = SearchEntry.objects.filter(published_at__lte=now).visible_to(user)
        kept = query_module.plain_search(user.is_authenticated)(now, query)
        assert kept == list(query_module.matches(rows, query, ranked=True))
        keys = [pk for pk, _ in kept][:PER_PAGE]
        posts = query_module.found_posts(user, query, keys)
        shown = {post.pk: (post.headline, post.text, post.warning, post.hidden_by_reader) for post in posts}
        found = {
            post.pk: (post.headline, post.text, post.warning, post.hidden_by_reader)
            for post in search(Criteria(query), user).posts
        }
        assert found == (shown if keys else {})
        assert len(found) == len(keys)
