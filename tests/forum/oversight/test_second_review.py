from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import Credential
from forum.models import Category, Decision, Post, Report, SecondReview
from forum.moderation.post_removal import keep_shown
from forum.moderation.text_decisions import RedactionSpan, Superseded, approve, ask_for_changes, reject
from forum.moderation.trust import give_trust
from forum.oversight.second_review import record_verdict
from forum.oversight.statistics import Period, agreement
from forum.personal_data import erase
from forum.posting.posts import PostText, start_thread
from forum.publishing.second_review_sample import is_drawn
from tests.conftest import clinician

LIST = reverse("forum:second-reviews")


@pytest.fixture
def all_drawn(settings):
    settings.FORUM_SECOND_REVIEW_SHARE = 1.0


@pytest.fixture
def reading(all_drawn, say, maya):
    say(maya, "I take it with breakfast.", title="Breakfast")
    return SecondReview.objects.get()


def test_two_percent_are_sampled_deterministically():
    drawn = [n for n in range(20_000) if is_drawn(n, 0.02)]
    assert 320 <= len(drawn) <= 480  # four standard deviations around 400
    assert drawn == [n for n in range(20_000) if is_drawn(n, 0.02)]
    assert not any(is_drawn(n, 0) for n in range(1000))
    assert all(is_drawn(n, 1) for n in range(1000))


def test_another_secret_key_gives_another_sample(settings):
    before = [n for n in range(5000) if is_drawn(n, 0.02)]
    settings.SECRET_KEY = "another" * 8
    assert before != [n for n in range(5000) if is_drawn(n, 0.02)]


def test_refusals_requests_and_texts_left_as_they_were_are_drawn_too(client, all_drawn, say, maya, dr_okafor, dr_lind):
    no = reject(say(maya, "x", title="Refused", public=False).revisions.get(), by=dr_okafor, reason="dose")
    back = ask_for_changes(say(maya, "y", public=False).revisions.get(), by=dr_okafor, reason="dose", note="z")
    talk = Category.objects.create(slug="talk", title="Talk", purpose="All else.", policy="review-after", position=9)
    give_trust(maya, by=dr_lind, reason="Kind for a year.")
    shown = start_thread(talk, PostText("w", title="Shown"), by=maya, key=uuid4()).revisions.get()
    left = keep_shown(shown, by=dr_okafor)
    assert set(SecondReview.objects.values_list("decision", flat=True)) == {no.pk, back.pk, left.pk}
    client.force_login(dr_lind)
    reviews = list(SecondReview.objects.order_by("pk"))
    listed = client.get(LIST).content.decode()
    assert all(reverse("forum:second-review", args=[review.pk]) in listed for review in reviews)
    pages = [client.get(reverse("forum:second-review", args=[review.pk])).content.decode() for review in reviews]
    assert not any(told in page.split("<main")[1] for page in pages for told in ("not published", "asked for changes"))
    for review, verdict in zip(reviews, ("rejected", "approved", "approved"), strict=True):
        record_verdict(review, by=dr_lind, verdict=verdict, comment="As I see it.")
    assert agreement(Period("7")) == {"read": 3, "same": 2}


def test_a_refused_text_of_an_erased_member_is_not_reviewed(all_drawn, say, maya, dr_okafor, dr_lind):
    reject(say(maya, "x", public=False).revisions.get(), by=dr_okafor, reason="dose")
    assert SecondReview.objects.to_read(dr_lind).count() == 1
    erase(maya)
    assert SecondReview.objects.to_read(dr_lind).count() == 0


def test_an_approval_that_fails_creates_no_second_review(all_drawn, say, maya, dr_okafor):
    with pytest.raises(ValidationError):  # the approval is rolled back, and the sample_for_second_review with it
        approve(say(maya, "y", public=False).revisions.get(), by=dr_okafor, redactions=[RedactionSpan(0, 999, "dose")])
    assert SecondReview.objects.count() == 0
    say(maya, "z")
    assert SecondReview.objects.get().decision == Decision.objects.get(action="approved")


def test_the_second_review_is_blind_and_does_not_change_the_post(client, reading, dr_lind, dr_okafor):
    client.force_login(dr_lind)
    link = reverse("forum:second-review", args=[reading.pk])
    assert link in client.get(LIST).content.decode()
    html = client.get(link).content.decode()
    assert "I take it with breakfast." in html
    for told in ("Dr. Okafor", "Published", "Maya"):
        assert told not in html.split("<main")[1].split("</main>")[0]
    before = list(Post.objects.values()), Decision.objects.count()
    again = client.post(link, {"verdict": "rejected", "comment": ""}).content.decode()
    assert "Please say why" in again
    assert client.post(link, {"verdict": "rejected", "comment": "A dose."}).status_code == 302
    reading.refresh_from_db()
    assert (reading.by, reading.verdict, reading.comment) == (dr_lind, "rejected", "A dose.")
    assert (list(Post.objects.values()), Decision.objects.count()) == before
    assert client.get(link).status_code == 409
    assert client.post(link, {"verdict": "approved"}).status_code == 409
    assert link not in client.get(LIST).content.decode()


def test_involved_moderators_cannot_do_the_second_review(client, reading, dr_okafor, maya, dr_lind, all_drawn, say):
    own = say(dr_lind, "Words of a clinician.")
    mine = SecondReview.objects.get(decision__revision__post=own)
    Report.objects.create(post=reading.decision.revision.post, by=dr_lind, reason="dose", state="kept")
    for who, which in ((dr_okafor, reading), (maya, reading), (dr_lind, mine), (dr_lind, reading)):
        with pytest.raises(PermissionDenied):
            record_verdict(which, by=who, verdict="approved")
    client.force_login(dr_lind)
    assert reverse("forum:second-review", args=[reading.pk]) not in client.get(LIST).content.decode()
    assert client.get(reverse("forum:second-review", args=[reading.pk])).status_code == 404


def test_a_second_review_requires_a_credential_in_force(reading, dr_lind):
    Credential.objects.filter(user=dr_lind).update(state="revoked")
    with pytest.raises(PermissionDenied):
        record_verdict(reading, by=dr_lind, verdict="approved")


def test_a_second_review_is_done_once(reading, dr_lind):
    record_verdict(reading, by=dr_lind, verdict="approved")
    with pytest.raises(Superseded):
        record_verdict(reading, by=clinician("third", "Dr. Third", "Moderators"), verdict="approved")
    with pytest.raises(ValidationError):
        SecondReview.objects.update(read_at=None)
        record_verdict(reading, by=dr_lind, verdict="shown")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three_rows(
    client, all_drawn, say, maya, dr_lind, rows, django_assert_num_queries
):
    for n in range(rows):
        say(maya, f"Question {n}.")
    client.force_login(dr_lind)
    client.get(LIST)
    # session, person, moderator? three, the list, number in the header, help lines
    with django_assert_num_queries(8):
        client.get(LIST)
