"""The duty board: contents, queries, and forms without JavaScript."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from forum.appeals.appeal import appeal
from forum.models import Duty, NoteReceipt, Presence, PrivateNote, ReadOnlyPeriod, ReviewItem
from forum.moderation import claims, post_removal
from forum.team import handover, rota
from tests.conftest import MODERATORS, clinician

BOARD = "/forum/moderation/duty/"
HOUR = timedelta(hours=1)


@pytest.fixture
def okafor(client, dr_okafor):
    client.force_login(dr_okafor)
    return client


def words(client, path=BOARD):
    return client.get(path).content.decode()


def post(client, name, *args, **data):
    return client.post(reverse(f"forum:{name}", args=args), data)


def local(moment):
    return moment.strftime("%Y-%m-%dT%H:%M")


def test_going_on_and_off_duty_and_handover_notes_until_read(client, okafor, dr_okafor, dr_lind):
    assert "You’re off duty" in words(okafor)
    post(okafor, "duty-on", hours=4)
    html = words(okafor)
    assert "You’re on duty until" in html
    assert '<strong>Dr. Okafor</strong> <span class="soft">until' in html
    post(okafor, "duty-off", note="Two drafts of <b>mine</b> wait.")
    assert ("You’re off duty" in words(okafor), "Two drafts" in words(okafor)) == (True, False)
    client.force_login(dr_lind)
    html = words(client)
    assert "Two drafts of &lt;b&gt;mine" in html.split('id="mine"')[0]
    queue = reverse("forum:review-queue")
    assert "Two drafts of &lt;b&gt;mine" in words(client, queue).split("data-queue")[0]
    assert post(client, "note-read", PrivateNote.objects.get().pk, from_queue="1").url == queue
    assert ("Two drafts" in words(client, queue), "Two drafts" in words(client)) == (False, False)
    assert list(NoteReceipt.objects.values_list("by", flat=True)) == [dr_lind.pk]


def test_invalid_hours_show_an_error_on_the_board(okafor):
    answer = post(okafor, "duty-on", hours=1000)
    assert (answer.status_code, Duty.objects.count()) == (200, 0)
    assert "Select a valid choice" in answer.content.decode()


def test_the_index_shows_when_the_next_shift_begins(client, okafor, category, dr_okafor):
    begins = timezone.now().replace(second=0, microsecond=0) + 3 * HOUR
    post(okafor, "add-shift", starts_at=local(begins), ends_at=local(begins + HOUR))
    html = words(client, reverse("forum:index"))
    assert f'No moderator is on duty until <time datetime="{begins:%Y-%m-%dT%H:%M}' in html
    shift = Duty.objects.get()
    moved = begins + HOUR
    answer = post(okafor, "shift", shift.pk, starts_at=local(moved), ends_at=local(moved + HOUR))
    assert answer.url == BOARD
    assert f"{moved:%Y-%m-%dT%H:%M}" in words(client, reverse("forum:index"))
    post(okafor, "withdraw-shift", shift.pk)
    assert "No moderator is on duty until" not in words(client, reverse("forum:index"))


def test_shifts_are_in_the_users_time_zone(okafor, dr_okafor):
    dr_okafor.time_zone = "Pacific/Auckland"
    dr_okafor.save()
    begins = (timezone.now() + 30 * HOUR).astimezone(ZoneInfo("Pacific/Auckland")).replace(second=0, microsecond=0)
    post(okafor, "add-shift", starts_at=local(begins), ends_at=local(begins + HOUR))
    assert Duty.objects.get().starts_at == begins
    assert f"{begins:%H:%M} –" in words(okafor)
    assert f'value="{local(begins)}"' in words(okafor, reverse("forum:shift", args=[Duty.objects.get().pk]))


def test_an_invalid_shift_shows_a_field_error_and_keeps_the_input(okafor):
    begins = timezone.now() + 2 * HOUR
    html = post(okafor, "add-shift", starts_at=local(begins), ends_at=local(begins - HOUR)).content.decode()
    assert "The end must be after the start." in html
    assert f'value="{local(begins)}"' in html
    assert "Go on duty" in html
    assert Duty.objects.count() == 0


def test_only_the_lead_can_change_shifts_of_others(client, okafor, dr_okafor, lead):
    now = timezone.now()
    theirs = rota.plan_shift(lead, now + HOUR, now + 2 * HOUR, by=lead)
    mine = rota.plan_shift(dr_okafor, now + HOUR, now + 2 * HOUR, by=dr_okafor)
    assert okafor.get(reverse("forum:shift", args=[theirs.pk])).status_code == 404
    assert post(okafor, "withdraw-shift", theirs.pk).status_code == 404
    assert 'name="moderator"' not in words(okafor)
    client.force_login(lead)
    assert 'name="moderator"' in words(client)
    post(client, "withdraw-shift", mine.pk)
    assert list(Duty.objects.all()) == [theirs]


def test_presence_lasts_five_minutes(client, okafor, dr_okafor, dr_lind):
    assert "No one has been in the queue" in words(okafor)
    assert post(okafor, "duty-here").status_code == 204
    post(okafor, "duty-here")
    client.force_login(dr_lind)
    assert "Dr. Okafor <span" in words(client)
    Presence.objects.update(seen_at=timezone.now() - timedelta(minutes=6))
    assert "No one has been in the queue" in words(client)
    for page in (BOARD, reverse("forum:review-queue")):
        assert "data-here" in words(client, page)
    assert Presence.objects.count() == 1  # GET requests do not record presence


def test_the_board_shows_lanes_late_items_and_the_age_of_appeals(okafor, say, published, maya, dr_lind, dr_okafor):
    ago = timezone.now() - 5 * HOUR
    for lane, body in ((1, "Red."), (2, "Amber."), (3, "Green.")):
        say(maya, body, public=False)
        ReviewItem.objects.filter(post__revisions__body=body).update(lane=lane, asked_at=ago)
    ReviewItem.objects.filter(lane=1).update(promised_at=ago + HOUR)
    no = post_removal.remove(published(maya, "Removed."), by=dr_lind, reason="dose", note="Please.")
    appeal(no, by=maya, text="Why?")
    ReviewItem.objects.filter(kind="appeal").update(asked_at=timezone.now() - 50 * HOUR)
    context = okafor.get(BOARD).context
    assert [(row["label"], row["n"], row["late"]) for row in context["lanes"]] == [
        ("red", 1, 1),
        ("amber", 2, 0),
        ("green", 1, 0),
    ]
    html = words(okafor)
    assert ("late by 4 h" in html, "1 waiting, the oldest for 2 days." in html) == (True, True)
    assert [row.kind for row in context["appeals"]] == ["appeal"]


def test_an_appeal_against_ones_own_decision_is_counted_but_not_linked(client, published, maya, dr_okafor):
    appeal(
        post_removal.remove(published(maya, "Removed."), by=dr_okafor, reason="dose", note="Please."),
        by=maya,
        text="Why?",
    )
    client.force_login(dr_okafor)
    assert "Another moderator has to answer, because you were involved in it." in words(client)
    assert client.get(BOARD).context["appeals"] == []


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("duty", 7 + 7), ("duty-fragment", 5 + 7)])
def test_the_board_takes_the_same_queries_for_one_and_three_rows(
    client, say, published, maya, noah, dr_okafor, dr_lind, rows, name, queries, django_assert_num_queries
):
    now = timezone.now()
    for n in range(rows):
        other = clinician(f"m{n}", f"Dr. M{n}", MODERATORS)
        rota.start_duty(by=other, hours=1)
        rota.plan_shift(other, now + 5 * HOUR, now + 6 * HOUR, by=other)
        rota.record_presence(other)
        rota.end_duty(by=other, note=f"Note {n}.")
        rota.start_duty(by=other, hours=1)
        say((maya, noah)[n % 2], f"Question {n}.", public=False)
        no = post_removal.remove(
            published((maya, noah)[n % 2], f"Removed {n}."), by=dr_lind, reason="dose", note="Please."
        )
        appeal(no, by=no.revision.post.author, text="Why?")
        claims.claim_next(other)
    ReviewItem.objects.update(promised_at=now - HOUR)
    client.force_login(dr_okafor)
    client.get(reverse("forum:review-queue"))
    # session, person, second factor, credential, sanctions, the header's number of items, and the page's help lines; then
    # rota, lanes, here, late, appeals, notes, read-only; whether one leads is known with the person
    with django_assert_num_queries(queries):
        assert client.get(reverse(f"forum:{name}")).status_code == 200


def test_the_fragment_is_the_part_that_refreshes_itself(okafor):
    html = words(okafor, reverse("forum:duty-fragment"))
    assert ("<html" in html, 'id="waits"' in html, "csrfmiddlewaretoken" in html) == (False, True, False)
    assert f'hx-get="{reverse("forum:duty-fragment")}" hx-trigger="every 30s"' in words(okafor)


def test_only_the_lead_sees_a_request_for_a_debrief(client, say, maya, dr_okafor, lead):
    item = ReviewItem.objects.get(revision=say(maya, "Heavy.", public=False).revisions.get())
    client.force_login(dr_okafor)
    url = reverse("forum:review-item", args=[item.pk])
    assert f'/duty/talk/?item={item.pk}"' in words(client, url)
    answer = client.post(reverse("forum:debrief"), {"item": item.pk, "text": "It went close to me."})
    assert [str(m) for m in get_messages(answer.wsgi_request)] == [
        "We’ve told the lead, who will get in touch with you. Take a break if you can."
    ]
    assert lead.notifications.get(kind="desk").sentence == "A colleague would like to talk with you."
    assert ("close to me" in words(client, url), "close to me" in words(client)) == (False, False)
    note = PrivateNote.objects.get()
    assert post(client, "close-debrief", note.pk).status_code == 404
    client.force_login(lead)
    assert "It went close to me." in words(client)
    assert "close to me" not in words(client, url)
    post(client, "close-debrief", note.pk)
    assert ("close to me" in words(client), list(handover.open_debriefs())) == (False, [])


def test_only_the_lead_can_close_and_open_the_forum(client, okafor, dr_okafor, lead):
    assert "Close the forum to new posts" not in words(okafor)
    assert post(okafor, "close-forum", reason="A flood.").status_code == 404
    client.force_login(lead)
    assert "This field is required" in post(client, "close-forum", reason="").content.decode()
    post(client, "close-forum", reason="A flood.")
    html = words(client)
    assert "Dr. Lind closed it: “A flood.”. It stays closed until the lead opens it again." in html
    client.force_login(dr_okafor)
    assert ("“A flood.”" in words(client), "Open the forum again" in words(client)) == (True, False)
    assert post(client, "open-forum").status_code == 404
    client.force_login(lead)
    post(client, "open-forum")
    assert ReadOnlyPeriod.objects.get().ended_by == lead
    ReadOnlyPeriod.objects.create(reason="By itself.")
    assert "It opens when a moderator goes on duty" in words(client)


def test_duty_can_be_paused_in_the_queue(okafor, dr_okafor, settings):
    settings.FORUM_BREAK_AFTER_HEAVY = 0
    rota.start_duty(by=dr_okafor, hours=2)
    assert "Pause my duty for 30 minutes" in words(okafor, reverse("forum:review-queue"))
    assert post(okafor, "duty-pause").url == BOARD
    assert "You’re off duty" in words(okafor)
