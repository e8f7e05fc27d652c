import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.usefixtures("guide")


def test_a_csrf_failure_is_explained_in_plain_words():
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/guide/faq/feedback/", {"helpful": "yes"})
    assert answer.status_code == 403
    html = answer.content.decode()
    assert "Please send it again" in html
    assert f"– {settings.SITE_NAME}</title>" in html
