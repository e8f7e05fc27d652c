"""The API: it fits its own description, says no more and no less than the pages, and can be asked again cheaply."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from accounts.rate_limits import LIMITS
from core.html_text import html_text
from guide.models import Article, FormerSlug, MatrixCell, Question, SafetyMessage, Source, Withdrawal
from guide.review.workflow import approve, publish_urgently
from tests.guide.review.conftest import ALL, approved, proposed, row_proposed

pytestmark = pytest.mark.usefixtures("module_guide", "db")
DESCRIBED = {
    "/": "api-index",
    "/articles/": "api-articles",
    "/questions/": "api-questions",
    "/comparison/": "api-comparison",
}


@pytest.fixture
def description(client):
    return client.get(reverse("openapi")).json()


@pytest.fixture
def boss(django_user_model):
    return django_user_model.objects.create_superuser("boss@example.org", "pw", display_name="Boss")


def read(client, name, *args):
    answer = client.get(reverse(name, args=args))
    assert answer.status_code == 200
    return answer.json()


def errors(description, path, status, data):
    """Return what is wrong with an answer by the description of its address."""
    found = description["paths"][path]["get"]["responses"][status]
    if "$ref" in found:
        found = description["components"]["responses"][found["$ref"].rpartition("/")[2]]
    schema = found["content"]["application/json"]["schema"] | {"components": description["components"]}
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(data)]


def words(text):
    return re.sub(r"\s+|\[[\d, ]+\]", "", text)


def test_the_description_is_openapi_3_1(description):
    assert list(OpenAPIV31SpecValidator(description).iter_errors()) == []
    assert description["openapi"] == "3.1.0"


def test_the_description_has_every_address_and_explains_every_field(description):
    from guide.open_data.api_urls import urlpatterns

    routes = {re.sub(r"<slug:(\w+)>", r"{\1}", f"/{each.pattern}") for each in urlpatterns}
    assert set(description["paths"]) == routes - {"/openapi.json"}
    fields = [
        (schema, name, field)
        for schema, found in description["components"]["schemas"].items()
        for name, field in found["properties"].items()
    ]
    assert [(schema, name) for schema, name, field in fields if "description" not in field] == []


def test_the_page_about_open_data_lists_every_address(client, description):
    page = client.get(reverse("open-data")).content.decode()
    assert [path for path in description["paths"] if f"<code>{path}</code>" not in page] == []


@pytest.mark.parametrize("path", DESCRIBED)
def test_each_answer_fits_the_description(path, client, description):
    assert errors(description, path, "200", read(client, DESCRIBED[path])) == []


def test_every_article_fits_the_description(client, description):
    for found in Article.objects.published():
        assert errors(description, "/articles/{slug}/", "200", read(client, "api-article", found.slug)) == [], found


def test_a_field_that_the_description_lacks_is_noticed(client, description):
    data = read(client, "api-article", "overdose")
    data["sections"][0]["more"] = 1
    data["review"]["on"] = "yesterday"
    assert len(errors(description, "/articles/{slug}/", "200", data)) >= 2


def test_an_article_has_all_that_its_page_says_with_sources(client):
    data = read(client, "api-article", "overdose")
    page = unescape(client.get("/guide/overdose/").content.decode())
    shown = words(html_text(page))
    for section in data["sections"]:
        assert f'id="{section["anchor"]}"' in page
        assert section["sources"]
    naloxone = next(s for s in data["sections"] if s["anchor"] == "can-naloxone-do-harm")
    assert words(naloxone["text"]) in shown
    assert words(data["in_short"]["text"]) in shown
    chosen = Article.objects.get(slug="overdose").live.safety_messages
    assert [m["title"] for m in data["safety"]] == [m.title for m in SafetyMessage.objects.filter(pk__in=chosen)]
    keys = [source["key"] for source in naloxone["sources"]]
    assert keys == list(dict.fromkeys(re.findall(r"\[\^(S\d+)\]", _markdown("overdose", "Can naloxone do harm?"))))
    source = Source.objects.get(key=keys[0])
    assert (naloxone["sources"][0]["title"], naloxone["sources"][0]["checked"]) == (
        source.title,
        source.checked.isoformat(),
    )
    assert data["written"] == Article.objects.get(slug="overdose").live.written_on.isoformat()


def _markdown(slug, heading):
    body = Article.objects.get(slug=slug).live.body
    return body.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]


def test_all_questions_and_all_cells_are_there(client):
    questions = read(client, "api-questions")["questions"]
    assert {q["slug"]: q["title"] for q in questions} == dict(Question.objects.values_list("slug", "question"))
    assert all(q["text"] and "[^" not in q["html"] for q in questions)
    treatments = read(client, "api-comparison")["treatments"]
    cells = {(t["slug"], answer["row"]): answer["short"] for t in treatments for answer in t["answers"]}
    stored = MatrixCell.objects.values_list("treatment__slug", "row__key", "short")
    assert cells == {(treatment, row): short for treatment, row, short in stored}


def test_no_html_depends_on_this_site(client):
    for found in Article.objects.published():
        for section in read(client, "api-article", found.slug)["sections"]:
            assert not re.search(
                r"<(svg|form|button|script|style|div|span|input)| (class|id|style|data-\w+)=", section["html"]
            )
            assert not re.search(r'href="(?!https?://|tel:|sms:|mailto:)', section["html"])


def test_a_signature_is_shown_with_its_clinician_and_date(client, elif_, dr_okafor, django_capture_on_commit_callbacks):
    data = read(client, "api-article", "history")
    assert data["review"] == {"status": "not-reviewed", "by": None, "on": None, "due": None, "notice": None}
    with django_capture_on_commit_callbacks(execute=True):
        approved(proposed(Article.objects.get(slug="history"), elif_), elif_, dr_okafor)
    review = read(client, "api-article", "history")["review"]
    assert (review["status"], review["by"]) == ("reviewed", "Dr. Okafor, physician")
    assert review["on"] == timezone.now().date().isoformat()


def test_an_urgent_correction_carries_the_notice_of_the_page(client, elif_):
    publish_urgently(proposed(Article.objects.get(slug="history"), elif_), by=elif_, reason="It was wrong.")
    review = read(client, "api-article", "history")["review"]
    assert review["status"] == "not-reviewed"
    assert "no one but its author has reviewed this text yet" in review["notice"]


def test_a_row_says_whether_a_second_person_approved_it(client, elif_, dr_okafor, django_capture_on_commit_callbacks):
    row = Question.objects.first()

    def review():
        return next(q for q in read(client, "api-questions")["questions"] if q["slug"] == row.slug)["review"]

    assert review()["status"] == "not-reviewed"
    with django_capture_on_commit_callbacks(execute=True):
        urgent = row_proposed(row, elif_, question="Is this put otherwise?")
        publish_urgently(urgent, by=elif_, reason="It was wrong.")
    assert "No one but its author has reviewed this yet." in review()["notice"]
    with django_capture_on_commit_callbacks(execute=True):
        approve(urgent, by=dr_okafor, checked=ALL)
    today = timezone.now().date().isoformat()
    assert review() == {"status": "approved", "by": None, "on": today, "due": None, "notice": None}


def test_what_readers_cannot_open_is_not_there(client, description, boss):
    Article.objects.filter(slug="history").update(live_revision=None)
    answer = client.get(reverse("api-article", args=["history"]))
    assert (answer.status_code, errors(description, "/articles/{slug}/", "404", answer.json())) == (404, [])
    withdrawn = Article.objects.get(slug="faq")
    Withdrawal.objects.create(article=withdrawn, reason="A dose was wrong.", by=boss)
    for name in ("api-article", "api-questions"):
        answer = client.get(reverse(name, args=["faq"] if name == "api-article" else []))
        assert (answer.status_code, "A dose was wrong." in answer.json()["error"]) == (410, True)
    card = client.get(reverse("api-question-card", args=[Question.objects.first().slug]))
    assert card.status_code == 410
    assert {"faq", "history"} & {row["slug"] for row in read(client, "api-articles")["articles"]} == set()


def test_a_former_address_leads_to_the_present_one(client):
    FormerSlug.objects.create(slug="past", article=Article.objects.get(slug="history"))
    answer = client.get(reverse("api-article", args=["past"]))
    assert (answer.status_code, answer["Location"]) == (301, reverse("api-article", args=["history"]))


def test_an_answer_that_has_not_changed_is_a_304(client):
    url = reverse("api-article", args=["history"])
    first = client.get(url)
    assert first["Cache-Control"] == "public, no-cache"
    again = client.get(url, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", [*DESCRIBED.values(), "openapi"])
def test_other_sites_may_read_it_and_search_engines_need_not(name, client):
    answer = client.get(reverse(name))
    assert (answer["Access-Control-Allow-Origin"], answer["X-Robots-Tag"]) == ("*", "noindex")
    assert not answer.cookies
    assert client.post(reverse(name)).status_code == 405


def test_many_requests_from_one_network_have_to_wait(client, description):
    url, limit = reverse("api-articles"), LIMITS["open_data"]
    for _ in range(limit.amount - 1):  # the description was one
        assert client.get(url).status_code == 200
    refused = client.get(url)
    assert (refused.status_code, refused["Retry-After"]) == (429, str(limit.seconds))
    assert refused["Access-Control-Allow-Origin"] == "*"
    assert errors(description, "/articles/", "429", refused.json()) == []
    assert client.get(url, REMOTE_ADDR="198.51.100.7").status_code == 200


@pytest.mark.parametrize(
    ("name", "args", "queries"),
    [("api-articles", [], 2), ("api-questions", [], 11), ("api-comparison", [], 15)],
)
def test_the_number_of_queries(name, args, queries, client, django_assert_num_queries):
    with django_assert_num_queries(queries):
        client.get(reverse(name, args=args))
    with django_assert_num_queries(0 if name == "api-articles" else 2):
        client.get(reverse(name, args=args))
