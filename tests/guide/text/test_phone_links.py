import pytest
from django.utils.html import escape

from guide.models import HelpLine
from guide.text.markdown import render
from guide.text.phone_links import call_links, call_url, link_numbers, text_links, text_url


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("Call 911 (999 in the UK).", ["911", "999"]),
        ("Call 000 in Australia, or 988.", ["000", "988"]),
        ("Poison Help: 1-800-222-1222.", ["18002221222"]),
        ("It costs $6,000, or 911.50, or $988.", []),
        ("Of 999 people, 10,000 and 1-988-2; model 911a; 999%.", []),
        ("call 112 abroad; 112 people did", ["112"]),
        ("999 in the UK, 112 or 999 in Ireland; 112 or 113 people", ["999", "112", "999"]),
        ("your local emergency number, which is 112 in the European Union", ["112"]),
    ],
)
def test_only_phone_numbers_become_links(text, linked):
    html = link_numbers(f"<p>{text}</p>")
    assert [part.split('"')[0] for part in html.split('href="tel:')[1:]] == linked


def test_a_number_in_a_link_or_a_heading_is_not_linked():
    html = '<h2 id="a">Call 911</h2><p><a href="/x/">Call 911</a></p>'
    assert link_numbers(html) == html


def test_numbers_in_texts_and_callout_titles_are_links():
    html = render("::: emergency Call 911 for\n- a seizure\n:::").html
    assert '<p class="callout-title">Call <a href="tel:911">911</a> for</p>' in html


def test_a_help_line_with_two_numbers_is_two_links():
    assert call_links("112 or 999") == '<a href="tel:112">112</a> or <a href="tel:999">999</a>'
    assert call_links("1-800-662-4357 (HELP)") == '<a href="tel:18006624357">1-800-662-4357</a> (HELP)'
    assert call_links("<b>") == "&lt;b&gt;"


def test_a_text_number_opens_a_message_and_a_tty_number_is_called():
    assert text_links("Text HOME to 741741") == 'Text HOME to <a href="sms:741741">741741</a>'
    assert text_links("TTY 1-800-487. Text 9-8-8") == (
        'TTY <a href="tel:1800487">1-800-487</a>. Text <a href="sms:988">9-8-8</a>'
    )


@pytest.mark.usefixtures("module_guide", "db")
def test_every_number_of_every_help_line_is_a_link(client):
    html = client.get("/help-now/").content.decode()
    for line in HelpLine.objects.all():
        assert f'href="{escape(call_url(line.phone))}"' in html or not line.phone
        assert f'href="{escape(text_url(line.sms))}"' in html or not line.sms


@pytest.mark.usefixtures("module_guide", "db")
@pytest.mark.parametrize("path", ["/", "/help-now/", "/guide/for-family-and-friends/", "/guide/side-effects/"])
def test_emergency_numbers_are_links_on_pages_about_danger(client, path):
    main = client.get(path).content.decode().partition("<main")[2].partition("</main>")[0]
    assert [n for n in ("911", "999", "000") if f'href="tel:{n}"' not in main] == []
