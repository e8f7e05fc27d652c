"""Badge pages for applicants."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.credentials import evidence, verification
from accounts.models import Credential, Evidence, Sanction
from tests.accounts.samples import PDF, SAID, in_state, picture, submit

APPLY = "/account/badge/apply/"
FORM = {name: value for name, value in SAID.items() if name != "name_public"}


@pytest.fixture
def mine(client, maya):
    client.force_login(maya)
    return client


def upload(name="licence.pdf", data=PDF, kind="application/pdf"):
    return SimpleUploadedFile(name, data, kind)


def html(response):
    return response.content.decode()


def test_maya_applies_and_sees_her_application(mine, maya):
    assert "Apply for the badge" in html(mine.get("/account/badge/"))
    response = mine.post(APPLY, {**FORM, "file": upload()}, follow=True)
    credential = Credential.objects.get(user=maya)
    assert response.redirect_chain == [(f"/account/badge/{credential.pk}/", 302)]
    page = html(response)
    assert all(words in page for words in ("Waiting for a verifier", "RX-424242", "applied", "1234567893"))
    assert credential.evidence.get().content_type == "application/pdf"
    assert mine.get(APPLY).url == "/account/badge/"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("npi", "1234567890", "This isn’t a valid NPI."),
        ("registry_url", "javascript:alert(1)", "Enter a valid URL."),
        ("registry_url", "ftp://register.example.org/1", "Enter a valid URL."),
        ("legal_name", "", "This field is required."),
        ("profession", "wizard", "Select a valid choice."),
        ("file", upload(data=b"<html>", name="licence.pdf"), "Choose a PDF, PNG or JPEG file."),
        ("file", upload(data=b"%PDF-<script>"), "We can’t read this file."),
    ],
)
def test_invalid_input_shows_an_error_at_its_field_and_keeps_the_input(field, value, sentence, mine):
    page = html(mine.post(APPLY, {**FORM, field: value}))
    assert sentence in page
    assert 'aria-invalid="true"' in page
    kept = [text for name, text in FORM.items() if name not in (field, "profession")]
    assert [text for text in kept if text not in page] == []
    assert ("choose your file again" in page) is (field == "file")
    assert Credential.objects.count() == 0


def test_a_public_name_must_be_written_to_be_shown(mine):
    page = html(mine.post(APPLY, {**FORM, "public_name": "", "name_public": "on"}))
    assert "Enter the name to show" in page


def test_the_uploaded_file_name_is_not_stored(mine):
    mine.post(APPLY, {**FORM, "file": upload("../../../Ingrid Lind licence.html", PDF, "text/html")})
    evidence = Evidence.objects.get()
    assert [part in evidence.file.name for part in ("/", "..", "Ingrid", "html")] == [False] * 4
    assert (evidence.file.name[-4:], evidence.content_type) == (".pdf", "application/pdf")


def test_a_photograph_arrives_without_its_metadata(mine):
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0)})
    mine.post(APPLY, {**FORM, "file": upload("x.jpg", picture(exif=exif), "image/jpeg")})
    kept = Image.open(BytesIO(Evidence.objects.get().file.read()))
    assert (kept.format, dict(kept.getexif())) == ("JPEG", {})


def test_an_applicant_answers_a_question(mine, maya, vera):
    credential = in_state("more-asked", maya, vera)
    url = reverse("accounts:badge-answer", args=[credential.pk])
    assert "Which?" in html(mine.get(url))
    page = html(mine.post(url, {**FORM, "message": "", "file": upload()}))
    assert "This field is required." in page
    mine.post(url, {**FORM, "jurisdiction": "Iowa", "message": "Iowa.", "file": upload()})
    credential.refresh_from_db()
    assert (credential.state, credential.jurisdiction, credential.evidence.count()) == ("submitted", "Iowa", 1)
    assert mine.post(url, {**FORM, "message": "Again."}).status_code == 302
    assert credential.events.filter(action="answered").count() == 1


def test_maya_withdraws_after_being_asked_whether_she_means_it(mine, maya):
    credential = submit(maya)
    url = reverse("accounts:badge-withdraw", args=[credential.pk])
    assert "Withdraw the application?" in html(mine.get(url))
    for _ in range(2):
        assert mine.post(url).status_code == 302
    credential.refresh_from_db()
    assert (credential.state, credential.events.filter(action="withdrawn").count()) == ("withdrawn", 1)


def test_verifiers_stay_unnamed_to_the_applicant(mine, maya, vera):
    page = html(mine.get(reverse("accounts:badge-application", args=[in_state("rejected", maya, vera).pk])))
    assert ("Not found." in page, "A verifier" in page, "Vera" in page) == (True, True, False)


@pytest.mark.parametrize("name", ["application", "answer", "withdraw", "name"])
def test_another_persons_application_does_not_exist(name, client, maya, noah, vera):
    credential = in_state("more-asked", maya, vera)
    url = reverse(f"accounts:badge-{name}", args=[credential.pk])
    for person in (noah, vera):
        client.force_login(person)
        statuses = {client.get(url).status_code, client.post(url, FORM).status_code}
        assert statuses <= {404, 405}
        assert client.post(url, FORM).status_code in ({405} if name == "application" else {404})
    credential.refresh_from_db()
    assert credential.state == "more-asked"


def test_the_suspended_cannot_apply_but_can_withdraw(mine, maya, vera):
    credential = submit(maya)
    Sanction.objects.create(user=maya, kind="suspension", reason="r", message="m", by=vera)
    mine.post(reverse("accounts:badge-withdraw", args=[credential.pk]))
    assert mine.get(APPLY).status_code == 302
    assert "You can apply" not in html(mine.get("/account/badge/"))
    assert Credential.objects.get().state == "withdrawn"


def test_badge_pages_are_not_cached(mine, maya):
    credential = submit(maya)
    for url in ("/account/badge/", f"/account/badge/{credential.pk}/", f"/account/badge/{credential.pk}/withdraw/"):
        response = mine.get(url)
        assert ("no-store" in response["Cache-Control"], "private" in response["Cache-Control"]) == (True, True)
        assert 'content="noindex"' in html(response)


def test_the_badge_shows_profession_and_month_and_the_name_only_if_chosen(client, maya, vera):
    credential = in_state("approved", maya, vera)
    maya.profile_public = True
    maya.save()
    page, month = maya.get_absolute_url(), f"{timezone.now():%B %Y}"
    assert f">Pharmacist · verified {month}<" in html(client.get(page))
    assert reverse("accounts:how-verification-works") in html(client.get(page))
    client.force_login(maya)
    url = reverse("accounts:badge-name", args=[credential.pk])
    client.post(url, {"name_public": "on", "public_name": "Dr. Somebody Else"})
    assert f">Dr. Ingrid Lind · pharmacist · verified {month}<" in html(client.get(page))
    client.post(url, {})
    assert "Ingrid" not in html(client.get(page))


def test_a_name_that_was_never_given_cannot_be_shown(mine, maya, vera):
    credential = verification.approve(submit(maya, public_name=""), by=vera)
    mine.post(reverse("accounts:badge-name", args=[credential.pk]), {"name_public": "on"})
    credential.refresh_from_db()
    assert credential.name_public is False


def test_a_badge_that_ended_is_gone_from_the_profile_at_the_next_request(client, maya, vera):
    credential = in_state("approved", maya, vera)
    maya.profile_public = True
    maya.save()
    assert "verified" in html(client.get(maya.get_absolute_url()))
    Credential.objects.filter(pk=credential.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "verified" not in html(client.get(maya.get_absolute_url()))


@pytest.mark.parametrize("rows", [1, 3])
def test_ones_applications_cost_the_same_however_many(rows, mine, maya, vera, django_assert_num_queries):
    for _ in range(rows):
        in_state("rejected", maya, vera)
    mine.get("/account/badge/")
    with django_assert_num_queries(8):
        mine.get("/account/badge/")


def test_an_invalid_form_does_not_have_its_file_checked(client, maya, monkeypatch):
    monkeypatch.setattr(evidence, "CONVERTER", "/nowhere")  # would refuse the file
    client.force_login(maya)
    file = SimpleUploadedFile("x.png", picture("PNG"))
    page = client.post(reverse("accounts:badge-apply"), {**SAID, "legal_name": "", "file": file})
    assert list(page.context["form"].errors) == ["legal_name"]


def test_an_account_can_send_ten_files_an_hour_and_the_rest_of_the_form_stays(client, maya):
    client.force_login(maya)
    pages = [
        client.post(reverse("accounts:badge-apply"), {**SAID, "npi": "1", "file": SimpleUploadedFile("x.png", b"x")})
        for _ in range(11)
    ]
    errors = [page.context["form"].errors.get("file", []) for page in pages]
    assert [bool(error) for error in errors] == [False] * 10 + [True]
    assert "several files" in errors[-1][0]
    assert b"Ingrid Verysecret Lind" in pages[-1].content
    assert client.post(reverse("accounts:badge-apply"), SAID).status_code == 302  # without a file there is no limit
