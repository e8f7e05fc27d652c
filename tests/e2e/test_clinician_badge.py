"""A badge application by a clinician and its verification, in two browsers."""

import pytest
from playwright.sync_api import expect

from accounts.models import CredentialEvent, Notification
from tests.accounts.samples import PDF, SAID, in_state, submit, with_pdf
from tests.conftest import person
from tests.e2e.page_checks import faults_at

LICENCE = {"name": "../../Ingrid Lind.pdf", "mimeType": "application/pdf", "buffer": PDF}

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def lind(transactional_db):
    """Dr. Lind, not yet verified."""
    return person("ingrid", "Ingrid L", profile_public=True)


def apply_with_a_pdf(page):
    page.goto("/account/badge/")
    page.get_by_role("link", name="Apply for the badge").click()
    page.get_by_label("Profession", exact=True).select_option("pharmacist")
    page.get_by_label("Legal name").fill(SAID["legal_name"])
    page.get_by_label("License number").fill(SAID["license_number"])
    page.get_by_label("State or country").fill("Ohoi")
    page.get_by_label("NPI").fill("1234567890")
    page.get_by_label("Link to your entry").fill(SAID["registry_url"])
    page.get_by_label("Professional name (optional)").fill("Dr. Ingrid Lind")
    page.get_by_label("Evidence (optional)").set_input_files(LICENCE)
    page.get_by_role("button", name="Send application").click()
    expect(page.get_by_text("This isn’t a valid NPI")).to_be_visible()
    expect(page.get_by_text("choose your file again")).to_be_visible()
    page.get_by_label("NPI").fill(SAID["npi"])
    page.get_by_label("Evidence (optional)").set_input_files(LICENCE)
    page.get_by_role("button", name="Send application").click()
    expect(page.get_by_text("Waiting for a verifier")).to_be_visible()


def test_a_clinician_applies_answers_and_is_verified(browse, lind, vera):
    hers, desk = browse(lind), browse(vera, accept_downloads=True)
    apply_with_a_pdf(hers)

    desk.goto("/admin/accounts/credential/")
    desk.get_by_role("link", name="Ingrid L").click()
    expect(desk.get_by_role("link", name=SAID["registry_url"])).to_have_attribute("rel", "noopener noreferrer")
    with desk.expect_download() as download:
        desk.get_by_role("link", name="application/pdf").click()
    assert (download.value.path().read_bytes()[:5], download.value.suggested_filename[:9]) == (b"%PDF-", "evidence-")
    desk.get_by_role("link", name="Ask for more").click()
    desk.get_by_label("Reason").fill("Which state is it?")
    desk.get_by_role("button", name="Ask for more").click()
    expect(desk.get_by_text("Your question was sent to the applicant.")).to_be_visible()
    expect(desk.get_by_text("opened the evidence")).to_be_visible()

    hers.reload()
    hers.get_by_role("link", name="Answer the verifier").click()
    expect(hers.get_by_text("Which state is it?")).to_be_visible()
    hers.get_by_label("Your answer").fill("Ohio. I mistyped it.")
    hers.get_by_label("State or country").fill("Ohio")
    hers.get_by_role("button", name="Send answer").click()
    expect(hers.get_by_text("Changed: jurisdiction.")).to_be_visible()

    desk.reload()
    desk.get_by_role("link", name="Approve").click()
    desk.get_by_label("Note").fill("Found in the register of Ohio.")
    desk.get_by_role("button", name="Approve").click()
    expect(desk.get_by_text("Approved.", exact=True)).to_be_visible()

    hers.goto(f"/account/member/{lind.pk}/")
    expect(hers.locator(".badge")).to_contain_text("Pharmacist · verified")
    hers.locator(".badge a").click()
    expect(hers.locator("h1")).to_have_text("How we verify clinicians")
    done = list(CredentialEvent.objects.values_list("action", flat=True))
    assert done == ["submitted", "looked", "asked", "answered", "approved"]
    assert Notification.objects.filter(recipient=lind).count() == 5  # one for each event, also for the opened evidence


def test_a_file_that_is_too_large_is_named_before_it_is_sent(browse, lind, tmp_path):
    page = browse(lind)
    page.goto("/account/badge/apply/")
    large = tmp_path / "large.pdf"
    large.write_bytes(PDF + b" " * 11_000_000)
    page.get_by_label("Evidence (optional)").set_input_files(large)
    field = page.get_by_label("Evidence (optional)")
    assert field.evaluate("field => field.validationMessage").startswith("This file is larger than 10 MB")
    field.set_input_files(LICENCE)
    assert field.evaluate("field => field.validationMessage") == ""


def test_a_file_of_200_mb_gets_a_plain_error_page(browse, lind, tmp_path):
    page = browse(lind, expected="413", java_script_enabled=False)
    page.goto("/account/badge/apply/")
    huge = tmp_path / "huge.pdf"
    with huge.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    for label in ("Legal name", "License number", "State or country"):
        page.get_by_label(label).fill("x")
    page.get_by_label("Profession", exact=True).select_option("nurse")
    page.get_by_label("Evidence (optional)").set_input_files(huge)
    page.get_by_role("button", name="Send application").click(timeout=60_000)
    expect(page.locator("h1")).to_have_text("That file is too large", timeout=60_000)


def pages_of(lind, vera, dr_okafor, noah):
    dr_okafor.credentials.update(public_name="Dr. Ada Okafor", name_public=True)
    asked, approved = in_state("more-asked", lind, vera), in_state("approved", noah, vera)
    base = f"/account/badge/{asked.pk}/"
    mine = ["/account/badge/", base, f"{base}answer/", f"{base}withdraw/", "/account/who-moderates/"]
    mine += ["/account/badge/how-verification-works/", f"/account/member/{dr_okafor.pk}/"]
    return {lind: mine, noah: ["/account/badge/", f"/account/badge/{approved.pk}/"], dr_okafor: []}


def test_axe_finds_nothing_and_nothing_overflows(browse, lind, maya, noah, vera, dr_okafor):
    dr_okafor.profile_public = True
    dr_okafor.save()
    visits = {**pages_of(lind, vera, dr_okafor, noah), maya: ["/account/badge/", "/account/badge/apply/"]}
    found = [fault for user, paths in visits.items() for fault in faults_at(browse(user), *paths)]
    assert found == []


def test_axe_finds_nothing_on_the_verifiers_pages(browse, maya, noah, vera):
    credential, _ = with_pdf(maya), submit(noah)
    page = browse(vera, expected="inline style")  # axe's
    paths = ("", f"{credential.pk}/change/", f"{credential.pk}/decide/approve/", f"{credential.pk}/decide/ask/")
    addresses = [f"/admin/accounts/credential/{path}" for path in paths]
    stock = {"exclude": [[".breadcrumbs"]]}  # Django's own
    assert [fault for fault in faults_at(page, *addresses, context=stock) if "wider" not in fault[-1]] == []
