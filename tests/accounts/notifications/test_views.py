import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Delivery, Notification
from accounts.notifications.inbox import notify, unsubscribe_token
from accounts.notifications.kinds import kinds


def tell(user, times=1):
    return [notify(user, "export", f"Copy {n} is ready.", "/account/") for n in range(times)]


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_costs_the_same_for_one_message_and_three(client, maya, django_assert_num_queries, count):
    tell(maya, count)
    client.force_login(maya)
    with django_assert_num_queries(4):  # session, person with groups, messages, help lines
        html = client.get(reverse("accounts:inbox")).content.decode()
    assert html.count("is ready.") == count


def test_one_sees_only_ones_own(client, maya, noah):
    tell(noah)
    client.force_login(maya)
    assert "is ready." not in client.get(reverse("accounts:inbox")).content.decode()


def test_reading_the_page_writes_nothing_and_the_button_does(client, maya):
    tell(maya, 2)
    client.force_login(maya)
    client.get(reverse("accounts:inbox"))
    assert Notification.objects.unread().count() == 2
    assert client.post(reverse("accounts:mark-read")).status_code == 302
    assert Notification.objects.unread().count() == 0


@pytest.mark.parametrize(("pk", "left"), [("rubbish", 2), ("9" * 40, 2), ("0", 2), ("own", 1)])
def test_only_the_named_message_is_marked(client, maya, pk, left):
    first, _ = tell(maya, 2)
    client.force_login(maya)
    client.post(reverse("accounts:mark-read"), {"pk": first.pk if pk == "own" else pk})
    assert Notification.objects.unread().count() == left


def test_older_messages_are_on_pages_that_do_not_shift(client, maya):
    tell(maya, 31)
    client.force_login(maya)
    first = client.get(reverse("accounts:inbox"))
    second = client.get(reverse("accounts:inbox"), {"before": first.context["older"]})
    assert ([len(page.context["rows"]) for page in (first, second)], second.context["older"]) == ([30, 1], "")


def test_choices_are_saved_and_quiet_hours_need_start_and_end(client, maya):
    client.force_login(maya)
    url = reverse("accounts:notification-settings")
    data = {f"kind-{key}": "daily" for key in kinds()}
    half = client.post(url, {**data, "quiet_from": "22:00"})
    assert "Enter both a start and an end for quiet hours." in half.content.decode()
    assert maya.preferences.count() == 0
    assert client.post(url, {**data, "quiet_from": "22:00", "quiet_until": "07:00"}).status_code == 302
    maya.refresh_from_db()
    assert (str(maya.quiet_from), str(maya.quiet_until)) == ("22:00:00", "07:00:00")
    assert set(maya.preferences.values_list("delivery", flat=True)) == {"daily"}


def test_mandatory_kinds_cannot_be_turned_off(client, maya):
    client.force_login(maya)
    url = reverse("accounts:notification-settings")
    data = {f"kind-{key}": "never" for key in kinds()}
    refused = set(client.post(url, data).context["form"].errors)
    assert refused == {
        f"kind-{kind.key}" for kind in kinds().values() if kind.mandatory and not (kind.own_mail or kind.staff)
    }
    assert {"kind-account", "kind-badge", "kind-sanction"} <= refused


def test_a_mail_scanners_get_stops_nothing_and_a_post_needs_no_login(maya):
    url = reverse("accounts:unsubscribe", args=[unsubscribe_token(maya, ["export"])])
    strict = Client(enforce_csrf_checks=True)
    assert strict.get(url).status_code == 200
    assert maya.preferences.count() == 0
    for _ in range(2):
        response = strict.post(url, {"List-Unsubscribe": "One-Click"})
        assert (response.status_code, response.cookies) == (200, {})
    assert maya.preferences.get().delivery == Delivery.SITE
    assert strict.get(reverse("accounts:inbox")).status_code == 302


@pytest.mark.parametrize("token", ["x", "WzEsWyJleHBvcnQiXV0:1abc:def"])
def test_a_token_of_ones_own_making_does_not_exist(db, client, token):
    assert client.post(reverse("accounts:unsubscribe", args=[token])).status_code == 404


def test_each_kind_has_a_label_in_the_first_person(client, maya):
    client.force_login(maya)
    form = client.get(reverse("accounts:notification-settings")).context["form"]
    labels = [str(field.label) for name, field in form.fields.items() if name.startswith("kind-")]
    assert "Someone replied in my thread" in labels
    assert [label for label in labels if not {"my", "me", "i", "mine"} & set(label.lower().split())] == []
    assert (
        len(set(labels)) == len(labels) == len([kind for kind in kinds().values() if not (kind.own_mail or kind.staff)])
    )


def test_members_are_not_asked_about_messages_for_staff_and_moderators_are(client, maya, dr_okafor):
    url = reverse("accounts:notification-settings")
    asked = {}
    for person in (maya, dr_okafor):
        client.force_login(person)
        asked[person] = {name for name in client.get(url).context["form"].fields if name.startswith("kind-")}
    staff = {f"kind-{kind.key}" for kind in kinds().values() if kind.staff}
    assert (asked[maya] & staff, asked[dr_okafor] & staff) == (set(), staff)


def test_saving_the_settings_says_so(client, maya):
    client.force_login(maya)
    url = reverse("accounts:notification-settings")
    page = client.post(url, {f"kind-{key}": "daily" for key in kinds()}, follow=True).content.decode()
    assert "Notification settings saved." in page
