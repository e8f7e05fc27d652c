"""Rules of Markdown that would remove a number or a sign."""

import pytest

from core import quantity_markdown
from forum.text.markdown import links, render

P = "<p>{}</p>\n"


@pytest.mark.parametrize(
    "text",
    [
        "My plan was 1*50 mg at night, then 2*25 mg with food.",
        "25*2 in the morning and 50*1 at night",
        "4*(5) and 6*(7), (2)*3 and (2)*4, 50%*2 and 3%*4",
        "1 *50 mg, then 2* 25 mg",
        "2**3 and 3**2",
        "x*y and y*x",
    ],
)
def test_a_star_between_numbers_or_letters_is_a_sign(text):
    assert render(text) == P.format(text)


def test_stars_around_words_are_emphasis():
    assert render("**Day 1** 50 mg, *with food*, (**50 mg**).") == P.format(
        "<strong>Day 1</strong> 50 mg, <em>with food</em>, (<strong>50 mg</strong>)."
    )
    assert render("他**很**好") == P.format("他<strong>很</strong>好")


def test_each_numbered_line_keeps_its_number():
    items = "\n".join(f'<li value="{n}">{word}</li>' for n, word in ((1, "sick"), (3, "better"), (7, "fine")))
    assert render("1. sick\n3. better\n7. fine") == f"<ol>\n{items}\n</ol>\n"


def test_a_number_with_zeros_before_it_and_a_plus_are_no_list_marks():
    assert render("01. May\n02. June") == P.format("01. May<br>\n02. June")
    assert render("1. a\n\n02. b") == '<ol>\n<li value="1">a</li>\n</ol>\n<p>02. b</p>\n'
    assert render("50 mg\n+ 25 mg") == P.format("50 mg<br>\n+ 25 mg")


def test_a_line_without_its_mark_ends_a_quotation():
    assert render("> I would stop the tablets\nPlease ask your doctor first.") == (
        "<blockquote>\n<p>I would stop the tablets</p>\n</blockquote>\n<p>Please ask your doctor first.</p>\n"
    )


def test_more_than_is_no_quotation():
    assert render(">50 mg is too much\n>=2 a day") == P.format("&gt;50 mg is too much<br>\n&gt;=2 a day")
    assert render("> >50 mg") == "<blockquote>\n<p>&gt;50 mg</p>\n</blockquote>\n"
    assert render("> so\n>50 mg") == "<blockquote>\n<p>so</p>\n</blockquote>\n<p>&gt;50 mg</p>\n"


def test_an_indented_paragraph_is_no_code():
    assert render("Dear all,\n\n    I took *it*.") == "<p>Dear all,</p>\n<p>I took <em>it</em>.</p>\n"


@pytest.mark.parametrize("text", ["~~~50 mg", "[1](2)", "&amp;frac12; &lt;50", "&lt;mg:50&gt;"])
def test_marks_that_would_hide_a_number_stay(text):
    typed = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert render(typed) == P.format(text)


def test_words_after_a_full_stop_are_no_links():
    assert links("I stopped.It helped.My doctor said 50mg.I went on. See www.example.org or https://a.org/%35") == [
        "http://www.example.org",
        "https://a.org/%35",
    ]


def test_the_title_and_the_address_of_a_link_are_shown_as_typed():
    assert "</a> &quot;50 mg&quot;</p>" in render('[see](https://a.org "50 mg")')
    assert ">https://a.org/%35</a>" in render("https://a.org/%35")


def characters_read(text, monkeypatch):
    """Render a text, and count the characters of all lines that our rules look at."""
    read, line = [], quantity_markdown._line
    with monkeypatch.context() as patch:
        patch.setattr(quantity_markdown, "_line", lambda *place: read.append(line(*place)) or read[-1])
        render(text)
    return sum(map(len, read))


def test_a_long_first_line_is_not_read_again_for_each_line_of_its_quotation(monkeypatch):
    """Counts characters: half of the text is the first line, half are further lines."""
    short, long = (f"> {'x' * (2 * n)}\n" + ">\n" * n for n in (500, 1000))
    assert characters_read(long, monkeypatch) < 2.6 * characters_read(short, monkeypatch)
