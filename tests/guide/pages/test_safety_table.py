"""Which page shows which safety message: by what the page is about, not by the words that it happens to use."""

import re

import pytest
from django.utils.html import escape

from guide.models import Article, SafetyMessage

pytestmark = pytest.mark.usefixtures("module_guide", "db")
SECTION = re.compile(r'<section class="safety"(?: aria-label="Safety")?\s*>(.*?)</section>', re.S)
CALLOUT = re.compile(r'<div class="callout \w+"><p class="callout-title">(.*?)</p>')

START = "before-you-start compare faq for-clinicians how-to-get-it introduction low-dose-naltrexone side-effects uses"
TREATMENTS = (
    "naltrexone-and-acamprosate naltrexone-and-buprenorphine naltrexone-and-disulfiram naltrexone-and-methadone"
)
ABOUT = {
    "opioid-free": f"{START} for-family-and-friends how-it-works how-well-it-works pregnancy-and-breastfeeding"
    " surgery-pain-and-emergencies taking-it targeted-use what-is-naltrexone where-to-go-from-here"
    f" one-page other-medicines for-your-doctor {TREATMENTS}",
    "low-tolerance": f"{START} one-page for-your-doctor costs"
    " for-family-and-friends help-lines how-it-works how-well-it-works"
    " naltrexone-and-acamprosate naltrexone-and-buprenorphine naltrexone-and-methadone overdose"
    " pregnancy-and-breastfeeding support-groups surgery-pain-and-emergencies taking-it targeted-use"
    " what-is-naltrexone where-to-go-from-here",
    "never-beat-the-block": "one-page other-medicines before-you-start"
    " compare faq for-clinicians for-family-and-friends help-lines how-it-works"
    " how-well-it-works introduction low-dose-naltrexone naltrexone-and-buprenorphine naltrexone-and-methadone overdose"
    " pregnancy-and-breastfeeding side-effects surgery-pain-and-emergencies taking-it targeted-use uses"
    " what-is-naltrexone where-to-go-from-here",
    "alcohol-withdrawal": "for-your-doctor drink-diary one-page stopping-drinking what-is-a-drink"
    " before-you-start compare costs faq for-clinicians for-family-and-friends help-lines"
    " how-it-works how-to-get-it how-well-it-works introduction naltrexone-and-acamprosate naltrexone-and-disulfiram"
    " pregnancy-and-breastfeeding side-effects support-groups surgery-pain-and-emergencies taking-it targeted-use uses"
    " what-is-naltrexone where-to-go-from-here",
    "tell-every-clinician": f"{START} one-page other-medicines for-your-doctor"
    " experiences how-it-works pregnancy-and-breastfeeding surgery-pain-and-emergencies"
    f" for-family-and-friends taking-it targeted-use what-is-naltrexone where-to-go-from-here {TREATMENTS}",
    "low-mood": "for-your-doctor one-page before-you-start"
    " compare faq for-clinicians for-family-and-friends help-lines how-it-works introduction"
    " low-dose-naltrexone naltrexone-and-acamprosate naltrexone-and-disulfiram pregnancy-and-breastfeeding side-effects"
    " support-groups taking-it targeted-use uses what-is-naltrexone",
    "liver-signs": "for-your-doctor one-page before-you-start"
    " compare faq for-clinicians for-family-and-friends how-to-get-it low-dose-naltrexone"
    " naltrexone-and-acamprosate naltrexone-and-disulfiram pregnancy-and-breastfeeding side-effects"
    " surgery-pain-and-emergencies taking-it targeted-use uses what-is-naltrexone",
}
# Pages where the message is the subject: it is open there, under the heading that it belongs to.
SUBJECT = {
    "before-you-start": ["opioid-free"],
    "for-family-and-friends": ["low-mood"],
    "how-it-works": ["never-beat-the-block"],
    "naltrexone-and-acamprosate": ["low-mood"],
    "one-page": [
        "opioid-free",
        "low-tolerance",
        "never-beat-the-block",
        "alcohol-withdrawal",
        "tell-every-clinician",
        "low-mood",
        "liver-signs",
    ],
    "side-effects": ["alcohol-withdrawal", "liver-signs", "low-mood"],
    "surgery-pain-and-emergencies": ["never-beat-the-block", "tell-every-clinician"],
    "taking-it": ["low-tolerance"],
}


def shown(client, slug):
    """The titles of the messages in the order of the page, and of those among them that are open."""
    sections = SECTION.findall(client.get(f"/guide/{slug}/").content.decode())
    unfolded = [re.sub(r"<details.*?</details>", "", section, flags=re.S) for section in sections]
    return CALLOUT.findall("".join(sections)), CALLOUT.findall("".join(unfolded))


def test_every_page_shows_every_message_that_concerns_it_exactly_once(client):
    titles = {m.key: escape(m.title) for m in SafetyMessage.objects.all()}
    assert set(ABOUT) == set(titles)
    for slug in sorted({page for pages in ABOUT.values() for page in pages.split()}):
        on_page, _ = shown(client, slug)
        concerns = [titles[key] for key, pages in ABOUT.items() if slug in pages.split()]
        assert (slug, sorted(on_page)) == (slug, sorted(concerns))


def test_a_page_that_is_about_a_message_shows_it_open(client):
    titles = {m.key: escape(m.title) for m in SafetyMessage.objects.all()}
    for slug, keys in SUBJECT.items():
        _, unfolded = shown(client, slug)
        assert (slug, [key for key in keys if titles[key] not in unfolded]) == (slug, [])


def test_no_article_is_left_out_of_the_table_unless_it_has_no_message():
    listed = {page for pages in ABOUT.values() for page in pages.split()}
    with_messages = Article.objects.published().exclude(live_revision__safety_messages=[])
    assert set(with_messages.values_list("slug", flat=True)) == listed
