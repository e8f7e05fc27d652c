"""Pasted HTML from Word and browsers becomes clean Markdown."""

import pytest

from guide.text.markdown import render
from guide.text.paste_import import convert


def to_markdown(html):
    return convert(html).markdown


WORD_LIST = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal {margin:0}</style></head><body>
<!--StartFragment--><p class=MsoNormal><b>Before<o:p></o:p></b></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-.25in;mso-list:l0 level1 lfo1'><![if !supportLists]>
<span style='font-family:Symbol;mso-list:Ignore'>·<span style='font:7.0pt'>&nbsp;&nbsp; </span></span><![endif]>
First<o:p></o:p></p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>Second</p>
<!--EndFragment--></body></html>"""


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo\n"),
        ("<h1>A</h1><h2><b>B</b></h2><h4>C</h4>", "## A\n\n## B\n\n### C\n"),
        ("<p><b>bold </b>and<i> slanted</i></p>", "**bold** and *slanted*\n"),
        ("<b></b><p>Only <strong>  </strong>words</p>", "Only words\n"),
        ("<ul><li>One</li><li><p>Two</p><ul><li>Inner</li></ul></li></ul>", "- One\n- Two\n  - Inner\n"),
        ("<ol><li>One</li><li>Two</li></ol><p>After</p>", "1. One\n2. Two\n\nAfter\n"),
        ('<p>See <a href="https://x.org/a_(b)">it</a>.</p>', "See [it](https://x.org/a_%28b%29).\n"),
        ('<p><a href="javascript:alert(1)">it</a> <a href="/x">that</a></p>', "it that\n"),
        ("<table><tr><th>A</th><th>B|C</th></tr><tr><td>1</td></tr></table>", "| A | B\\|C |\n|---|---|\n| 1 |  |\n"),
        ("<blockquote><p>Said</p></blockquote>", "> Said\n"),
        ("<p>2*3 [x] &lt;b&gt; _y_ [^S12]</p>", "2\\*3 \\[x\\] \\<b\\> \\_y\\_ [^S12]\n"),
        ("<p># one</p><p>1. two</p><p>- three</p>", "\\# one\n\n1\\. two\n\n\\- three\n"),
        (WORD_LIST, "**Before**\n\n- First\n- Second\n"),
        ("<script>alert(1)</script><p onclick=x>Words<img src=x onerror=alert(1)></p>", "Words\n"),
        ("plain &amp; simple", "plain & simple\n"),
        ("", ""),
        ("</p></ul></td></b><li>x", "- x\n"),
    ],
)
def test_html_becomes_markdown(html, text):
    assert to_markdown(html) == text


def test_pasted_text_renders_the_same_words():
    shown = render(to_markdown("<p>2 * 3 * 4 and [x](y) &lt;script&gt;</p>")).html
    assert shown == "<p>2 * 3 * 4 and [x](y) &lt;script&gt;</p>\n"


def test_deep_and_long_html_is_converted_quickly():
    assert to_markdown("<div>" * 5000 + "x" + "</div>" * 5000) == "x\n"
    assert to_markdown("<ul><li>" * 300 + "x").strip().endswith("x")


def test_the_numbers_of_a_list_stay_as_the_page_showed_them():
    assert to_markdown("<ol start=3><li>three<li value=7>seven<li>eight</ol>") == "3. three\n7. seven\n8. eight\n"
    word = "<p style='mso-list:l0'><span style='mso-list:Ignore'>{}</span>{}</p>"
    assert to_markdown(word.format("3.", "three") + word.format("7)", "seven")) == "3. three\n7. seven\n"
    assert to_markdown(word.format("a.", "one") + word.format("b.", "two")) == "1. one\n2. two\n"


def test_raised_digits_do_not_join_a_number():
    assert to_markdown("<p>10<sup>2</sup>, 1<sup>1</sup>/<sub>2</sub></p>") == "10², 1¹/₂\n"


def test_a_bold_part_of_a_number_leaves_no_stars_in_it():
    assert to_markdown("<p>5<b>0 mg</b> and <b>25</b>0</p>") == "50 mg and 250\n"
