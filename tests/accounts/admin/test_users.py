import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse
from zeal import zeal_ignore

from accounts.conduct.sanctions import appeal, impose
from accounts.models import Sanction, User
from accounts.permissions import is_suspended
from tests.conftest import person


def url(name, *args):
    return reverse(f"admin:accounts_{name}", args=args)


@pytest.fixture
def boss(db):
    return person("boss", "Boss", is_staff=True, is_superuser=True)


def test_no_secret_is_on_any_page(client, boss, maya):
    secret = generate_totp_secret()
    totp, codes = TOTP.activate(maya, secret), RecoveryCodes.activate(maya)
    client.force_login(boss)
    with zeal_ignore():  # who is logged in and who is shown are two people
        pages = [client.get(u).content.decode() for u in (url("user_change", maya.pk), url("user_changelist"))]
        index = client.get(reverse("admin:index")).content.decode()
    for hidden in (maya.password, secret, totp.instance.data["secret"], *codes.get_unused_codes()):
        assert all(hidden not in html for html in [*pages, index])
    assert "authenticator" not in index.lower()
    assert "session" not in index.lower()


def test_a_verifier_knows_people_by_their_pseudonym(client, vera, boss, maya):
    with zeal_ignore():
        for who, seen in [(vera, False), (boss, True)]:
            client.force_login(who)
            for page in (url("user_change", maya.pk), url("user_changelist")):
                assert ("maya@example.org" in client.get(page).content.decode()) is seen
            found = client.get(url("user_changelist"), {"q": "maya@example.org"}).content.decode()
            assert ("1 user" in found) is seen


def test_a_suspension_is_appealed_and_lifted_by_another_verifier(client, vera, noah):
    victor = person("victor", "Victor", "Verifiers", is_staff=True)
    client.force_login(vera)
    form = {"kind": "limit", "reason": "Insults.", "message": "Please rest."}
    wrong = client.post(url("user_sanction", noah.pk), form).content.decode()
    assert "Enter the number of posts per day." in wrong
    assert "Insults." in wrong
    client.post(url("user_sanction", noah.pk), {**form, "kind": "suspension"})
    assert is_suspended(noah)
    made = appeal(Sanction.objects.get(), by=noah, text="Not me.")
    assert client.get(url("sanction_appeal", made.pk)).status_code == 403
    client.force_login(victor)
    with zeal_ignore():
        assert "Not me." in client.get(url("user_change", noah.pk)).content.decode()
    client.post(url("sanction_appeal", made.pk), {"answer": "True.", "grant": "yes"})
    assert not is_suspended(noah)


def test_lifting_twice_is_said_plainly(client, vera, noah):
    sanction = impose(noah, by=vera, kind="suspension", reason="r", message="m")
    client.force_login(vera)
    with zeal_ignore():
        for words in ("Done. The member has been notified.", "This has already ended."):
            assert (
                words in client.post(url("sanction_lift", sanction.pk), {"reason": "x"}, follow=True).content.decode()
            )


@pytest.mark.parametrize("name", ["user_sanction", "sanction_lift", "sanction_appeal"])
def test_who_may_not(client, maya, elif_, dr_okafor, vera, noah, name):
    sanction = impose(noah, by=vera, kind="suspension", reason="r", message="m")
    pk = {
        "user_sanction": noah.pk,
        "sanction_lift": sanction.pk,
        "sanction_appeal": appeal(sanction, by=noah, text="x").pk,
    }
    for who, status in [(maya, 302), (elif_, 403), (dr_okafor, 403)]:
        client.force_login(who)
        assert (
            client.post(url(name, pk[name]), {"reason": "x", "message": "x", "kind": "closure"}).status_code == status
        )
    assert Sanction.objects.count() == 1


def test_users_cannot_be_deleted_in_the_admin(client, boss, maya):
    client.force_login(boss)
    assert client.post(url("user_delete", maya.pk), {"post": "yes"}).status_code == 403
    client.post(url("user_changelist"), {"action": "delete_selected", "_selected_action": [maya.pk], "post": "yes"})
    assert User.objects.filter(pk=maya.pk).exists()


@pytest.mark.parametrize(
    "query", ["email__startswith=maya", "email=maya@example.org", "last_login__isnull=1", "authenticator__type=totp"]
)
def test_a_verifier_cannot_filter_by_addresses(client, vera, boss, maya, query):
    client.force_login(vera)
    assert client.get(f"{url('user_changelist')}?{query}").status_code == 400
    assert client.get(f"{url('user_changelist')}?state__exact=active").status_code == 200


def test_a_verifier_sees_pseudonym_state_and_conduct_and_no_more(client, vera, noah):
    impose(noah, by=vera, kind="warning", reason="Insults.", message="m")
    client.force_login(vera)
    with zeal_ignore():
        html = client.get(url("user_change", noah.pk)).content.decode()
    assert [words in html for words in ("Noah", "Insults.", "Last login", "Groups", "noah@")] == [True, True] + [
        False
    ] * 3


def test_the_verifier_who_imposed_a_sanction_cannot_answer_its_appeal(client, vera, noah):
    victor = person("victor", "Victor", "Verifiers", is_staff=True)
    made = appeal(impose(noah, by=vera, kind="warning", reason="r", message="m"), by=noah, text="Not me.")
    for who, offered in [(vera, False), (victor, True)]:
        client.force_login(who)
        with zeal_ignore():
            html = client.get(url("user_change", noah.pk)).content.decode()
        assert (url("sanction_appeal", made.pk) in html) is offered


def test_appeals_of_erased_members_are_not_listed(client, vera, noah):
    victor = person("victor", "Victor", "Verifiers", is_staff=True)
    sanction = impose(noah, by=vera, kind="suspension", reason="r", message="m")
    made = appeal(sanction, by=noah, text="Not me.")
    client.force_login(victor)
    assert "Noah" in client.get(url("sanctionappeal_changelist")).content.decode()
    User.objects.filter(pk=noah.pk).update(state="erased")
    assert "0 sanction appeals" in client.get(url("sanctionappeal_changelist")).content.decode()
    for name, pk in [("user_sanction", noah.pk), ("sanction_lift", sanction.pk), ("sanction_appeal", made.pk)]:
        form = {"kind": "warning", "reason": "x", "message": "x", "answer": "x", "grant": "yes"}
        assert client.post(url(name, pk), form).status_code in (403, 404)
    assert noah.notifications.count() == 1  # of the suspension


@pytest.mark.parametrize("number", ["0", "-1", "51", "x", ""])
def test_a_limit_needs_a_sensible_number(client, vera, noah, number):
    client.force_login(vera)
    form = {"kind": "limit", "posts_per_day": number, "reason": "Insults.", "message": "m"}
    assert "Insults." in client.post(url("user_sanction", noah.pk), form).content.decode()
    assert Sanction.objects.count() == 0


@pytest.mark.parametrize("count", [1, 3])
def test_appeals_cost_the_same_for_one_and_three(client, vera, noah, maya, count, django_assert_num_queries):
    for _ in range(count):
        appeal(impose(noah, by=vera, kind="warning", reason="r", message="m"), by=noah, text="x")
    client.force_login(vera)
    with django_assert_num_queries(8):
        client.get(url("sanctionappeal_changelist"))
