"""What Word 16, Google Docs, LibreOffice and Wikipedia put on the clipboard becomes the same text without its traps."""

# ruff: noqa: E501 (programs write long lines)

import random
import re

import pytest

from guide.text.markdown import render
from guide.text.paste_import import convert
from tests.effort import examples
from tests.growth import assert_growth

WORD_ITEM = """<p class=MsoListParagraphCxSpMiddle style='margin-left:{level}.0in;mso-add-space:auto;text-indent:-.25in;
mso-list:l0 level{level} lfo1'><![if !supportLists]><span style='mso-bidi-font-family:Calibri'><span
style='mso-list:Ignore'>{marker}<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>{text}<o:p></o:p></p>
"""
WORD_FOOTNOTE = """<p class=MsoNormal>Fewer people drank.<a style='mso-footnote-id:ftn1' href="#_ftn1" name="_ftnref1" title=""><span
class=MsoFootnoteReference><span style='mso-special-character:footnote'><![if !supportFootnotes]><span class=MsoFootnoteReference>
<span style='font-size:11.0pt'>[1]</span></span><![endif]></span></span></a> More stayed.</p>
<div style='mso-element:footnote-list'><![if !supportFootnotes]><br clear=all><hr align=left size=1 width="33%"><![endif]>
<div style='mso-element:footnote' id=ftn1><p class=MsoFootnoteText><a style='mso-footnote-id:ftn1' href="#_ftnref1" name="_ftn1"
title=""><span class=MsoFootnoteReference>[1]</span></a> Smith 2006</p></div></div>"""
WORD_COMMENT = """<p class=MsoNormal><a style='mso-comment-reference:EO_1;mso-comment-date:20261127T1000'>Take it daily</a><span
class=MsoCommentReference><span style='font-size:8.0pt'><![if !supportAnnotations]><a class=msocomanchor id="_anchor_1"
href="#_msocom_1" language=JavaScript name="_msoanchor_1">[EO1]</a><![endif]><span style='mso-special-character:comment'>&nbsp;</span>
</span></span>.</p><div style='mso-element:comment-list'><![if !supportAnnotations]><hr class=msocomoff align=left size=1 width="33%">
<![endif]><div style='mso-element:comment'><![if !supportAnnotations]><div id="_com_1" class=msocomtxt language=JavaScript><![endif]>
<p class=MsoCommentText><a href="#_msoanchor_1" class=msocomoff>[EO1]</a>Is that so?</p></div></div></div>"""
DOCS = (
    """<meta charset='utf-8'><meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-0f1e">{}</b>"""
)
SPAN = '<span style="font-size:11pt;font-family:Arial,sans-serif;color:#000000;font-weight:{};font-style:{};text-decoration:{};vertical-align:{};white-space:pre-wrap;">{}</span>'
WIKIPEDIA = """<p>Naltrexone<sup id="cite_ref-1" class="reference"><a href="https://en.wikipedia.org/wiki/N#cite_note-1"><span
class="cite-bracket">[</span>1<span class="cite-bracket">]</span></a></sup><sup id="cite_ref-2" class="reference"><a
href="https://en.wikipedia.org/wiki/N#cite_note-2">[2]</a></sup> is <a href="https://en.wikipedia.org/wiki/Opioid"
title="Opioid">an antagonist</a>.</p><h2 id="Uses">Uses<span class="mw-editsection">[<a href="/w/edit">edit</a>]</span></h2>
<ol class="references"><li id="cite_note-1"><span>^</span> Smith 2006</li><li id="cite_note-2">Jones 2010</li></ol>"""
WORD_ONLINE = """<div class="ListContainerWrapper SCXW1 BCX8"><ul class="BulletListStyle1 SCXW1" role="list"><li data-leveltext=""
data-aria-posinset="1" data-aria-level="{}" role="listitem" class="OutlineElement Ltr"><p class="Paragraph SCXW1"><span
class="TextRun"><span class="NormalTextRun">{}</span></span><span class="EOP">&nbsp;</span></p></li></ul></div>"""


def docs(words, weight=400, slant="normal", line="none", align="baseline"):
    return SPAN.format(weight, slant, line, align, words)


def word_list(*items):
    return "".join(WORD_ITEM.format(level=level, marker=marker, text=text) for level, marker, text in items)


def table(*rows):
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        # raised and lowered
        ("<p>50 × 10<sup>9</sup>/L</p>", "50 × 10⁹/L"),
        ("<p>10<sup>-3</sup> and 10<sup>−6</sup></p>", "10⁻³ and 10⁻⁶"),
        ("<p>H<sub>2</sub>O, C<sub>20</sub>H<sub>23</sub>NO<sub>4</sub></p>", "H₂O, C₂₀H₂₃NO₄"),
        ("<p>10<sup>0.5</sup> and 2<sup>a+1</sup></p>", "10^(0.5) and 2^(a+1)"),
        ("<p>C<sub>max</sub>, PM<sub>2.5</sub></p>", "Cmax, PM\\_(2.5)"),
        ("<p>the 1<sup>st</sup> day, x<sup>n</sup>, Placebo<sup>a</sup></p>", "the 1st day, xⁿ, Placebo^a"),
        (DOCS.format(f"<p>{docs('10')}{docs('9', align='super')}{docs('/L')}</p>"), "10⁹/L"),
        ('<p>10<sup><span style="vertical-align:super">9</span></sup></p>', "10⁹"),
        ("<p>10<span style='position:relative;top:-4.0pt;mso-text-raise:4.0pt'>9</span></p>", "10⁹"),
        ("<p>10<sup>2<sup>3</sup>4</sup>5</p>", "10^(2^3 4)5"),
        ("<p>Shown before [3].<sup>[3]</sup></p>", "Shown before \\[3\\].[^S0]"),
        # what was deleted while changes were tracked
        ("<p>Take <s>50</s> 25 mg. <del>Old dose 100 mg.</del></p>", "Take 25 mg."),
        ("<p><del cite='mailto:E' datetime='2026-11-27'>deleted </del><ins cite='mailto:E'>inserted</ins> words</p>", "inserted words"),
        ("<p>Take <span class=msoDel><del>50</del></span><span class=msoIns><ins>25</ins></span> mg</p>", "Take 25 mg"),
        ("<p><strike>Never</strike> Always</p>", "Always"),
        (DOCS.format(f"<p>{docs('Old 50', line='line-through')}{docs('New 25')}</p>"), "New 25"),
        ('<p><span style="text-decoration-line: line-through">Old</span> New</p>', "New"),
        # lists
        (
            word_list((1, "1.", "One"), (2, "a.", "Inner"), (3, "i.", "Innermost"), (3, "ii.", "Next"), (2, "b.", "After"), (1, "2.", "Two")),
            "1. One\n   1. Inner\n      1. Innermost\n      2. Next\n   2. After\n2. Two",
        ),
        (word_list((1, "·", "One"), (2, "o", "Inner"), (3, "§", "Innermost"), (1, "·", "Two")), "- One\n  - Inner\n    - Innermost\n- Two"),
        (word_list((1, "9.", "Nine"), (1, "10.", "Ten"), (2, "·", "Inner")), "9. Nine\n10. Ten\n    - Inner"),
        (word_list((1, "1.", "One"), (2, "1.1.", "First"), (2, "1.2.", "Second")), "1. One\n   1. First\n   2. Second"),
        (word_list((1, "h)", "H"), (1, "i)", "I"), (1, "(j)", "J")), "8. H\n9. I\n10. J"),
        (word_list((1, "iv.", "Four"), (1, "v.", "Five")), "4. Four\n5. Five"),
        (WORD_ONLINE.format(1, "One") + WORD_ONLINE.format(2, "Inner"), "- One\n  - Inner"),
        (
            DOCS.format(f'<ul><li dir="ltr" aria-level="1"><p>{docs("One")}</p></li><ul><li aria-level="2"><p>{docs("In")}</p></li></ul></ul>'),
            "- One\n  - In",
        ),
        ("<ol><li>One<ul><li>In</li></ul></li><li>Two<p>More</p></li></ol>", "1. One\n   - In\n2. Two\n\n   More"),
        ("<h1 style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>2. </span>Results</h1>", "## 2. Results"),
        # bold and italics
        (DOCS.format(f"<p>{docs('Plain ')}{docs('bold', 700)}{docs(' and ')}{docs('slanted', slant='italic')}</p>"), "Plain **bold** and *slanted*"),
        (DOCS.format(f"<h2>{docs('Head', 700)}</h2><p>{docs('All bold', 700)}</p>"), "## Head\n\n**All bold**"),
        ("<p class=MsoNormal><b style='mso-bidi-font-weight:normal'>Bold</b> here</p>", "**Bold** here"),
        ("<b><p>One</p><p>Two <span style='font-weight:normal'>plain</span></p></b>", "**One**\n\n**Two** plain"),
        ("<p>change<i>, ever</i> and <i>change</i>, ever</p>", "change, *ever* and *change*, ever"),
        ("<p><b>Dose:</b>50 <i>mg,</i>daily</p>", "**Dose**:50 *mg*,daily"),
        ("<p><b>Take <i>now</i></b></p>", "**Take *now***"),
        ("<p><b>(a)</b><i>(b)</i></p>", "**(a)**(*b)*"),
        ("<p>2<b>*</b>3</p>", "2\\*3"),
        # tables
        (table("<td>A<td>B", "<td><p>Daily</p><p>or targeted</p><td>1"), "| A | B |\n|---|---|\n| Daily or targeted | 1 |"),
        (table("<td>A", "<td><ul><li>x</li><li>y</li></ul>"), "| A |\n|---|\n| x; y |"),
        (table("<td>A", "<td><p>50</p><p>100</p>"), "| A |\n|---|\n| 50; 100 |"),
        (table("<td>A", "<td><ol><li>One.</li><li>Two</li></ol>"), "| A |\n|---|\n| 1. One. 2. Two |"),
        (table("<td>A", f"<td>{word_list((1, '·', 'x'), (1, '·', 'y'))}"), "| A |\n|---|\n| x; y |"),
        (table("<td rowspan=2>Drug<td>25", "<td>50", "<td>Other<td>5"), "| Drug | 25 |\n|---|---|\n|  | 50 |\n| Other | 5 |"),
        (table("<td colspan=2>Wide<td>C", "<td>1<td>2<td>3"), "| Wide |  | C |\n|---|---|---|\n| 1 | 2 | 3 |"),
        (table("<td>A", "<td>Out<table><tr><td>1<td>2</table>"), "| A |\n|---|\n| Out; 1; 2 |"),
        ("<table><caption>Doses</caption><tr><td>1</table>", "Doses\n\n| 1 |\n|---|"),
        # links
        ('<p><a href="https://www.google.com/url?q=https://x.org/a%3Fb%3D1&sa=D&ust=2">it</a></p>', "[it](https://x.org/a?b=1)"),
        ('<p><a href="https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx.org%2Fa&data=05">it</a></p>', "[it](https://x.org/a)"),
        ('<p><a href="https://l.facebook.com/l.php?u=https%3A%2F%2Fx.org%2F&h=A">it</a></p>', "[it](https://x.org/)"),
        ('<p><a href="https://www.google.com/search?q=https://x.org">it</a></p>', "[it](https://www.google.com/search?q=https://x.org)"),
        ('<p><a href="https://www.google.com/url?q=javascript:alert(1)">it</a></p>', "[it](https://www.google.com/url?q=javascript:alert%281%29)"),
        ('<p><a href="https://[x">it</a> <a href="https://x.org"><b>that</b></a></p>', "it [**that**](https://x.org)"),
        # notes
        (WORD_FOOTNOTE, "Fewer people drank.[^S0] More stayed."),
        (WORD_COMMENT, "Take it daily."),
        (WIKIPEDIA, "Naltrexone[^S0] is [an antagonist](https://en.wikipedia.org/wiki/Opioid).\n\n## Uses"),
        (
            '<p>Word<a class="sdfootnoteanc" name="sdfootnote1anc" href="#sdfootnote1sym"><sup>1</sup></a></p><div id="sdfootnote1">'
            '<p class="sdfootnote"><a class="sdfootnotesym" href="#sdfootnote1anc">1</a>Smith</p></div>',
            "Word[^S0]",
        ),
        ('<p>Word<sup><a href="#ftnt1">[1]</a></sup></p><div><p><a href="#ftnt_ref1">[1]</a><span> Smith</span></p></div>', "Word[^S0]"),
        # code, lines and the rest
        ("<p><code>code here</code><code>bad link</code></p>", "code here bad link"),
        ("<pre><code>code here</code></pre><pre>bad link</pre>", "code here\n\nbad link"),
        ("<div>One<br><br>Two<br>three</div>", "One\n\nTwo three"),
        ("<p>5<span>&#8203;</span>0&nbsp;mg<span style='display:none'>9</span></p>", "50 mg"),
        ("<p>He said <q>no</q></p>", "He said “no”"),
        ('<p role="heading" aria-level="2">Head</p><p class=western>Words</p>', "## Head\n\nWords"),
        ("<p>Area <span class=mwe-math-element><math><mn>10</mn><mn>9</mn></math></span> m</p>", "Area m"),
    ],
)  # fmt: skip
def test_the_clipboards_html_becomes_markdown(html, text):
    assert convert(html).markdown == text + "\n"


@pytest.mark.parametrize(
    ("html", "line"),
    [
        ("<p>All <b>kept</b></p>", ""),
        ('<p>One<img src="a.png"></p><svg><text>5</text></svg>', "Left out: 2 pictures."),
        ('<p>One<img src="pixel" width="1" height="1"></p>', ""),
        ("<p>Take <del>50</del><s>75</s> 25 mg</p>", "Left out: 2 deleted passages."),
        (WORD_COMMENT + "<img src=a>", "Left out: 1 picture, 1 comment."),
        (WORD_FOOTNOTE, "Left out: 1 footnote. Replace each [^S0] with a source."),
        (WIKIPEDIA, "Left out: 2 footnotes. Replace each [^S0] with a source."),
        (
            table("<td colspan=2>A", "<td>1<td>2"),
            "The table had merged cells, so check that everything is in the right column.",
        ),
        (
            '<p><a href="file:///C:/x.docx">it</a> <a href="#top">up</a></p>',
            "Left out: 1 link that works only in the original.",
        ),
        ("<p>x<iframe>y</iframe><math><mn>1</mn></math></p>", "Left out: 1 video or frame, 1 formula."),
    ],
)
def test_the_editor_is_told_what_was_left_out(html, line):
    assert convert(html).left_out == line


def test_italics_before_a_comma_are_shown_as_italics():
    shown = render(convert("<p>No change<i>, ever</i>. <b>Now:</b>50 <b><i>(a</i> b)</b>c</p>").markdown).html
    assert "*" not in shown
    assert shown.count("<em>") == 2


def test_nested_lists_from_word_are_shown_nested():
    shown = render(
        convert(word_list((1, "1.", "One"), (2, "a.", "In"), (3, "·", "Innermost"), (1, "2.", "Two"))).markdown
    ).html
    assert (
        re.sub(r' value="."|\s', "", shown)
        == "<ol><li>One<ol><li>In<ul><li>Innermost</li></ul></li></ol></li><li>Two</li></ol>"
    )


@pytest.mark.parametrize("piece", ["<!--", "<![if", "<?", "<!", "<a", "</", "<sup>9", "<p style='"])
def test_the_time_for_unclosed_html_grows_with_its_length(piece):
    assert_growth(convert, piece * 20_000)


def test_very_deep_lists_and_wide_tables_stay_small():
    assert len(convert("<ul><li>" * 20_000 + "x").markdown) < 100
    assert len(convert("<table>" + "<tr><td colspan=9999 rowspan=9999>1" * 20).markdown) < 20_000


class Page:
    """Random HTML with numbers, and the numbers that a reader of it sees, in their order."""

    def __init__(self, seed):
        self.random, self.numbers = random.Random(seed), []

    def number(self):
        self.numbers.append(str(self.random.randrange(10_000)))
        return self.numbers[-1]

    def words(self, depth=0):
        return " ".join(self.phrase(depth) for _ in range(self.random.randrange(1, 4)))

    def phrase(self, depth):
        shape = self.random.choice(["{}", "{}", "x{}x", "<{1}>{0}</{1}>", "<{1}>, {0}</{1}>,", "x{0}<{1}>{2}</{1}>x"])
        tag = self.random.choice(["b", "i", "sup", "sub", "code", "q", "ins", "u", "a", "strong", "em"])
        if "{2}" in shape and tag not in ("sup", "sub"):
            shape = "<{1}>{0}</{1}> {2}"
        first = (
            self.number()
            if depth > 2 or "{2}" in shape
            else self.random.choice([self.number, lambda: self.words(depth + 1)])()
        )
        return shape.format(first, tag, self.number() if "{2}" in shape else "")

    def block(self, depth=0):
        shape = self.random.choice(["p", "div", "h2", "blockquote", "ul", "table", "pre", "br"])
        if shape == "ul" and depth < 3:
            inner = "".join(
                f"<li>{self.words()}{self.block(depth + 1)}</li>" for _ in range(self.random.randrange(1, 4))
            )
            return f"<ul>{inner}</ul>"
        if shape == "table" and depth < 2:
            rows = [[self.cell(depth) for _ in range(2)] for _ in range(self.random.randrange(1, 3))]
            return "<table>" + "".join(f"<tr>{''.join(row)}</tr>" for row in rows) + "</table>"
        tag = shape if shape not in ("ul", "table", "br") else "p"
        return f"<{tag}>{self.words()}<br>{self.words()}</{tag}>"

    def cell(self, depth):
        spans = self.random.choice(["", " colspan=2", " rowspan=2"])
        return f"<td{spans}>{self.random.choice([self.words, lambda: self.block(depth + 1)])()}</td>"


@pytest.mark.parametrize("seed", range(examples(300)))
def test_no_digit_is_lost_or_joined(seed):
    page = Page(seed)
    html = "".join(page.block() for _ in range(3))
    found = re.findall(r"[0-9]+|[⁰¹²³⁴-⁹]+|[₀-₉]+", convert(html).markdown)
    assert [
        number.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")) for number in found
    ] == page.numbers
