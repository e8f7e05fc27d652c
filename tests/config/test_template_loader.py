import pytest
from django.template.loader import get_template


@pytest.fixture
def folder(settings, tmp_path):
    """A folder for the site's own templates."""
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    return tmp_path


def test_indentation_of_a_page_is_left_out_but_not_of_its_values_and_of_mail(folder):
    source = "<p>\n  {{ typed }}\n\n\tend\n</p>\n"
    (folder / "page.html").write_text(source)
    (folder / "mail.txt").write_text(source)
    values = {"typed": "a\n  b"}
    assert get_template("page.html").render(values) == "<p>\na\n  b\n\nend\n</p>\n"
    assert get_template("mail.txt").render(values) == "<p>\n  a\n  b\n\n\tend\n</p>\n"


def test_templates_of_packages_are_found():
    assert get_template("admin/base.html").origin.name.endswith("django/contrib/admin/templates/admin/base.html")


def test_pages_have_no_indentation(client, db):
    html = client.get("/privacy/").content.decode()
    assert [line for line in html.splitlines() if line.startswith(" ") and line.strip()] == []
