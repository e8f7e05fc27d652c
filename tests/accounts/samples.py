"""Sample applications and files for tests of credentials."""

from functools import lru_cache
from io import BytesIO

from PIL import Image

from accounts.credentials import verification
from accounts.credentials.evidence import validate
from accounts.models import Credential


def picture(kind="JPEG", size=(40, 30), mode="RGB", **saved):
    data = BytesIO()
    Image.new(mode, size, "teal").save(data, kind, **saved)
    return data.getvalue()


PDF = picture("PDF")
SAID = {
    "profession": "pharmacist",
    "legal_name": "Ingrid Verysecret Lind",
    "license_number": "RX-424242",
    "jurisdiction": "Ohio",
    "npi": "1234567893",
    "registry_url": "https://register.example.org/424242",
    "public_name": "Dr. Ingrid Lind",
    "name_public": False,
}


def application(**changes):
    return verification.Application(**{**SAID, **changes})


def submit(person, *, file=None, **changes):
    return verification.submit_application(application(**changes), by=person, file=file)


@lru_cache
def validated(data):
    """As `validate`, which takes a process of its own, once for each file."""
    return validate(data)


def with_pdf(person):
    return submit(person, file=validated(PDF))


def in_state(state, person, verifier):
    """Return an application brought to this state by the services."""
    credential = submit(person)
    steps = {
        "submitted": [],
        "more-asked": [lambda: verification.ask_for_more(credential, by=verifier, reason="Which?")],
        "approved": [lambda: verification.approve(credential, by=verifier)],
        "rejected": [lambda: verification.reject(credential, by=verifier, reason="Not found.")],
        "revoked": [
            lambda: verification.approve(credential, by=verifier),
            lambda: verification.revoke(credential, by=verifier, reason="Licence ended."),
        ],
        "withdrawn": [lambda: verification.withdraw_application(credential, by=person)],
    }
    for step in steps[state]:
        step()
    return Credential.objects.get(pk=credential.pk)
