"""Phone numbers as links. Pure functions."""

import re

from django.utils.html import escape

from guide.text.running_text import replace_in_text

# A short number counts as a phone number only if it cannot be part of a number or a count: "$6,000", "999 people".
CALLED_112 = r"(?:(?<=call )|(?<=Call )|(?<=which is )|(?<=es el ))112|112(?= or 999)"
SHORT = rf"(?:911|999|000|988|{CALLED_112})(?! (?:people|patients|adults|mg|of)\b)"
IN_TEXT = re.compile(rf"(?<![\w.,$£€-])({SHORT}|1-8\d\d-\d{{3}}-\d{{4}})(?![\w%]|[.,-]\d)")
ANY = re.compile(r"(TTY )?(\+?\d(?:[\d -]*\d)?)")
# “Text HOME to 741741”, “Text 988”, “Text your ZIP code to 435748”
HOW_TO_TEXT = re.compile(r"\bText (?:(?P<word>[A-Z]{2,12}) to |[a-zA-Z ]+? to )?(?P<number>\+?\d(?:[\d -]*\d)?)")
EXCLUDED_ELEMENTS = {"a", "h1", "h2", "h3", "h4", "h5", "h6"}


def link_numbers(html: str) -> str:
    """Link emergency numbers and North American toll-free numbers in text, except inside links and headings."""
    return replace_in_text(html, IN_TEXT, lambda match: _link("tel", match[1]), outside=EXCLUDED_ELEMENTS)


def call_links(numbers: str) -> str:
    """Render a help line's phone numbers as links: "112 or 999" gives two. Text in parentheses is not linked."""
    numbers, parenthesis, rest = numbers.partition("(")
    return ANY.sub(lambda match: _link("tel", match[0]), escape(numbers)) + escape(parenthesis + rest)


def text_links(how: str) -> str:
    """Render "Text HOME to 741741" with links that open a message; a TTY number is called instead."""

    def link(match: re.Match[str]) -> str:
        return f"TTY {_link('tel', match[2])}" if match[1] else _link("sms", match[2])

    return ANY.sub(link, escape(how))


def _link(scheme: str, number: str) -> str:
    return f'<a href="{scheme}:{re.sub(r"[ -]", "", number)}">{number}</a>'


def number_and_remark(phone: str) -> tuple[str, str]:
    """“112 (999 works too)” as its number and the words in brackets; empty strings for what is missing."""
    number, _, remark = phone.partition("(")
    return number.strip(), remark.rstrip(") ")


def call_url(phone: str) -> str:
    """The address of a link that calls this help line; empty without a number."""
    number, _ = number_and_remark(phone)
    return f"tel:{re.sub(r'[ -]', '', number)}" if number else ""


def text_url(sms: str) -> str:
    """The address of a link that opens the message of “Text HOME to 741741”, its word written; empty without a number."""
    found = HOW_TO_TEXT.search(sms)
    if not found:
        return ""
    number = re.sub(r"[ -]", "", found["number"])
    # “?&body=” is understood by iOS (“&body=”) and by Android (“?body=”).
    return f"sms:{number}?&body={found['word']}" if found["word"] else f"sms:{number}"
