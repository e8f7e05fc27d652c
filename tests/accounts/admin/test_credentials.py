"""Admin pages of credentials."""

import logging
import re
from datetime import datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone
from zeal import zeal_ignore

from accounts.credentials import verification
from accounts.credentials.verification import last_event_id
from accounts.house_rules import FIRST_VERSION
from accounts.models import Credential, CredentialEvent, Evidence, User
from tests.accounts.samples import SAID, application, in_state, submit, with_pdf

LIST = "/admin/accounts/credential/"
PRIVATE = [SAID["legal_name"], SAID["license_number"], SAID["npi"], SAID["registry_url"], SAID["public_name"]]
MOVES = {
    "submitted": ["approve", "ask", "reject"],
    "more-asked": ["reject"],
    "approved": ["revoke"],
    "rejected": [],
    "revoked": [],
    "withdrawn": [],
}


@pytest.fixture
def desk(client, vera):
    client.force_login(vera)
    return client


@pytest.fixture
def boss(db):
    ready = {"adult_confirmed_at": timezone.now(), "rules_accepted": FIRST_VERSION}
    return User.objects.create_superuser("boss@example.org", "pw", display_name="Boss", **ready)


def page(credential):
    return f"{LIST}{credential.pk}/change/"


def decide(credential, decision):
    return reverse("admin:accounts_credential_decide", args=[credential.pk, decision])


def file_url(evidence):
    return reverse("admin:accounts_credential_evidence", args=[evidence.pk])


def data_for(decision, credential):
    day = {"expires_at": f"{timezone.localdate() + timedelta(days=200)}"} if decision == "approve" else {}
    return {"reason": "As the register says.", "seen": last_event_id(credential), **day}


def test_the_list_shows_the_longest_waiting_first_and_nothing_private(desk, maya, noah, dr_lind, vera):
    in_state("rejected", noah, vera)
    submit(maya)
    html = desk.get(LIST).content.decode()
    assert [words in html for words in PRIVATE] == [False] * len(PRIVATE)
    assert re.findall(r'field-applicant"><a[^>]*>([^<]*)', html)[0] == "Maya"
    assert [words in html for words in ("waiting for a verifier", "Ohio", "pharmacist", "0\xa0minutes")] == [True] * 4


@pytest.mark.parametrize("query", ["state=submitted", "profession=pharmacist", "jurisdiction=Ohio"])
def test_the_list_is_filtered(query, desk, maya, dr_lind):
    submit(maya)
    html = desk.get(f"{LIST}?{query.replace('=', '__exact=')}").content.decode()
    assert ("Maya" in html, "Dr. Lind" in html) == (True, False)


def test_search_ignores_private_fields(desk, maya):
    submit(maya)
    assert "Maya" not in desk.get(f"{LIST}?q=RX-424242").content.decode().partition("result_list")[2]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_however_long(rows, desk, maya, noah, elif_, django_assert_num_queries):
    for person in [maya, noah, elif_][:rows]:
        submit(person)
    desk.get(LIST)
    with django_assert_num_queries(9):
        desk.get(LIST)


def test_the_page_has_the_register_beside_the_application(desk, maya):
    html = desk.get(page(with_pdf(maya))).content.decode()
    assert [words in html for words in PRIVATE] == [True] * len(PRIVATE)
    for url in (SAID["registry_url"], "https://npiregistry.cms.hhs.gov/provider-view/1234567893"):
        assert f'<a href="{url}" rel="noopener noreferrer" target="_blank">{url}</a>' in html
    assert file_url(Evidence.objects.get()) in html
    assert re.findall(r"<(input|select|textarea)(?![^>]*csrf)[^>]*name=", html) == []


@pytest.mark.parametrize("state", MOVES)
def test_only_what_can_be_done_has_a_button(state, desk, maya, vera):
    credential = in_state(state, maya, vera)
    html = desk.get(page(credential)).content.decode()
    assert re.findall(r"/decide/(\w+)/", html) == MOVES[state]


@pytest.mark.parametrize("decision", ["approve", "ask", "reject", "revoke"])
@pytest.mark.parametrize("state", MOVES)
def test_each_decision_is_carried_out_or_refused_as_no_longer_possible(state, decision, desk, maya, vera):
    credential = in_state(state, maya, vera)
    answer = desk.post(decide(credential, decision), data_for(decision, credential), follow=True).content.decode()
    credential.refresh_from_db()
    carried_out = credential.state != state
    assert carried_out is (decision in MOVES[state])
    assert ("possible any more" in answer) is not carried_out
    assert credential.events.filter(reason="As the register says.").exists() is carried_out


def test_a_decision_needs_its_reason_and_a_day_within_reach(desk, maya):
    credential = submit(maya)
    seen = {"seen": last_event_id(credential)}
    for decision in ("ask", "reject"):
        assert "This field is required." in desk.post(decide(credential, decision), seen).content.decode()
    for day in ("", "2020-01-01", "2999-01-01"):
        html = desk.post(
            decide(credential, "approve"), {"expires_at": day, "reason": "Kept words", **seen}
        ).content.decode()
        assert ("errorlist" in html, "Kept words" in html) == (True, True)
    credential.refresh_from_db()
    assert credential.state == "submitted"


def test_a_decision_on_an_outdated_page_is_refused(desk, maya, vera):
    credential = submit(maya)
    read = data_for("approve", credential)
    verification.ask_for_more(credential, by=vera, reason="Which?")
    verification.answer_request(credential, application(legal_name="Somebody Else"), by=maya, message="Here.")
    answer = desk.post(decide(credential, "approve"), read, follow=True).content.decode()
    credential.refresh_from_db()
    assert ("Please read it again." in answer, credential.state) == (True, "submitted")


def test_a_credential_from_before_there_was_a_history_can_be_revoked(desk, dr_lind):
    credential = dr_lind.credentials.get()
    assert 'name="seen" value="0"' in desk.get(decide(credential, "revoke")).content.decode()
    desk.post(decide(credential, "revoke"), data_for("revoke", credential))
    credential.refresh_from_db()
    assert credential.state == "revoked"


def test_an_approval_is_valid_to_the_end_of_its_last_day_and_a_year_by_default(desk, maya):
    credential = submit(maya)
    day = timezone.localdate() + timedelta(days=365)
    assert f'value="{day}"' in desk.get(decide(credential, "approve")).content.decode()
    desk.post(decide(credential, "approve"), {"expires_at": f"{day}", "seen": last_event_id(credential)})
    credential.refresh_from_db()
    assert credential.expires_at == timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()))


def test_no_one_can_decide_on_their_own_application(client, vera, boss, maya):
    for person in (vera, boss):
        credential = with_pdf(person)
        client.force_login(person)
        with zeal_ignore():
            html = client.get(page(credential)).content.decode()
        assert ("/decide/" in html, "evidence/" in html, "is your own" in html) == (False, False, True)
        for decision in ("approve", "ask", "reject", "revoke"):
            url = decide(credential, decision)
            assert (client.get(url).status_code, client.post(url, data_for(decision, credential)).status_code) == (
                403,
                403,
            )
        assert client.get(file_url(credential.evidence.get())).status_code == 404
        credential.refresh_from_db()
        assert (credential.state, credential.events.count()) == ("submitted", 1)


@pytest.mark.parametrize("decision", ["approve", "ask", "reject", "revoke"])
def test_staff_who_are_not_verifiers_are_refused(decision, client, maya, noah, elif_, dr_okafor):
    credential = with_pdf(maya)
    for person, status in [(None, 302), (noah, 302), (maya, 302), (elif_, 403), (dr_okafor, 403)]:
        client.logout()
        if person:
            client.force_login(person)
        assert client.post(decide(credential, decision), data_for(decision, credential)).status_code == status
        assert client.get(page(credential)).status_code == status
        assert client.get(file_url(credential.evidence.get())).status_code == {403: 404}.get(status, status)
    assert Credential.objects.get(pk=credential.pk).state == "submitted"
    assert CredentialEvent.objects.filter(action="looked").count() == 0


def test_rows_change_only_through_decisions(client, boss, maya):
    credential = submit(maya)
    client.force_login(boss)
    with zeal_ignore():
        statuses = [
            client.get(f"{LIST}add/").status_code,
            client.post(f"{LIST}add/", {**SAID, "user": maya.pk}).status_code,
            client.post(page(credential), {**SAID, "state": "approved"}).status_code,
            client.post(f"{LIST}{credential.pk}/delete/", {"post": "yes"}).status_code,
            client.post(LIST, {"action": "delete_selected", "_selected_action": credential.pk}).status_code,
        ]
    credential.refresh_from_db()
    assert (statuses[:4], credential.state, Credential.objects.count()) == ([403] * 4, "submitted", 1)


def test_evidence_is_downloaded_and_each_access_is_logged(desk, maya, vera):
    evidence = with_pdf(maya).evidence.get()
    answer = desk.get(file_url(evidence))
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")
    wanted = {
        "Content-Disposition": f'attachment; filename="evidence-{evidence.pk}.pdf"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Content-Type": "application/pdf",
    }
    assert {name: answer[name] for name in wanted} == wanted
    assert "no-store" in answer["Cache-Control"]
    assert desk.head(file_url(evidence)).status_code == 404
    looks = CredentialEvent.objects.filter(action="looked")
    assert [(e.by, e.reason) for e in looks] == [(vera, f"evidence {evidence.pk}")]
    assert "opened the evidence" in desk.get(page(evidence.credential)).content.decode()


def test_nothing_private_gets_into_logs(desk, maya, caplog):
    caplog.set_level(logging.DEBUG, logger="django.request")
    credential = with_pdf(maya)
    desk.get(page(credential))
    desk.post(decide(credential, "ask"), {"reason": "Which?", "seen": last_event_id(credential)})
    desk.get(decide(credential, "no-such-thing"))
    written = (
        caplog.text + "".join(f"{e.object_repr}{e.change_message}" for e in LogEntry.objects.all()) + str(credential)
    )
    assert [words for words in PRIVATE if words in written] == []
