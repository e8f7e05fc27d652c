"""Interpret the HTML that Word, Google Docs, LibreOffice and web pages put on the clipboard."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

Attributes = Mapping[str, str]

MAX_URL_LENGTH = 2000
MAX_REDIRECTS = 3  # a link may be wrapped by one service and then by another
BOLD_FROM = 600  # font weight
DELETED_TAGS = {"del", "s", "strike"}
DELETED_CLASSES = {"msodel"}
BOLD_TAGS = {"b", "strong"}
ITALIC_TAGS = {"i", "em"}
PICTURES = {"img", "svg", "picture", "canvas"}
EMBEDDED = {"video", "audio", "iframe", "object", "embed"}
WITHOUT_WORDS = {"style", "script", "head", "title", "noscript", "template", "xml", "o:p", "select", "textarea"}
HIDDEN = [("display", "none"), ("visibility", "hidden"), ("mso-hide", "all")]
RAISED = {"sup": "super", "sub": "sub"}
# Services that wrap a link in their own address: the host, and the parameters that hold the real address.
REDIRECTS = [
    (re.compile(r"(?:www\.)?google\.[a-z.]+"), ("q", "url")),
    (re.compile(r"(?:[a-z0-9-]+\.)?safelinks\.protection\.outlook\.com"), ("url",)),
    (re.compile(r"lm?\.facebook\.com"), ("u",)),
    (re.compile(r"www\.youtube\.com"), ("q",)),
]
REDIRECT_PATHS = {"/url", "/", "/l.php", "/redirect"}
# Patterns for what is left out: in the address, the class or the style.
FOOTNOTE_MARK = re.compile(r"#(?:_?(?:ftn|edn)\d|cite_note|sdfootnote\d+sym|sdendnote\d+sym|ftnt\d)", re.IGNORECASE)
COMMENT_MARK = re.compile(r"#(?:_msocom_|cmnt\d)", re.IGNORECASE)
FOOTNOTE_STYLES = {"footnote", "endnote"}
FOOTNOTE_CLASSES = {"msofootnotetext", "msoendnotetext", "sdfootnote", "sdendnote"}
BACK_LINK = re.compile(r"#(?:ftnt_ref|cmnt_ref)\d", re.IGNORECASE)
LEVEL = re.compile(r"\blevel(\d)")
NO_HEADING = {"mw-editsection"}


def style_of(attributes: Attributes) -> dict[str, str]:
    """Return the declarations of the `style` attribute, in lower case."""
    pairs = (part.partition(":") for part in attributes.get("style", "").lower().split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs if value}


def classes_of(attributes: Attributes) -> set[str]:
    return set(attributes.get("class", "").lower().split())


def is_deleted(tag: str, attributes: Attributes, style: Mapping[str, str]) -> bool:
    """Return whether the text was struck out, or deleted while changes were tracked."""
    lines = f"{style.get('text-decoration', '')} {style.get('text-decoration-line', '')}"
    return tag in DELETED_TAGS or "line-through" in lines or bool(classes_of(attributes) & DELETED_CLASSES)


def is_hidden(tag: str, attributes: Attributes, style: Mapping[str, str]) -> bool:
    hidden = any(style.get(name, "").startswith(value) for name, value in HIDDEN)
    return tag in WITHOUT_WORDS or hidden or bool(classes_of(attributes) & NO_HEADING)


def is_bold(tag: str, style: Mapping[str, str], inherited: bool) -> bool:
    """Return whether the text is bold. Google Docs wraps everything in a <b> whose style says that it is not."""
    weight = style.get("font-weight", "")
    if weight:
        return weight in ("bold", "bolder") or (weight.isdecimal() and int(weight[:4]) >= BOLD_FROM)
    return inherited or tag in BOLD_TAGS


def is_italic(tag: str, style: Mapping[str, str], inherited: bool) -> bool:
    slant = style.get("font-style", "")
    return slant.startswith(("italic", "oblique")) if slant else inherited or tag in ITALIC_TAGS


def raised(tag: str, style: Mapping[str, str]) -> str:
    """Return "super", "sub" or ""."""
    moved = style.get("mso-text-raise", "")
    if moved and not moved.startswith("0"):
        return "sub" if moved.startswith("-") else "super"
    aligned = style.get("vertical-align", "")
    return RAISED.get(tag) or (aligned if aligned in RAISED.values() else "")


def left_out_kind(tag: str, attributes: Attributes, style: Mapping[str, str]) -> str:
    """Return the kind of an element that is left out, such as "picture", "comment" or "footnote", or "" for text."""
    classes, element = classes_of(attributes), style.get("mso-element", "")
    is_note = (
        element in FOOTNOTE_STYLES or classes & FOOTNOTE_CLASSES or attributes.get("id", "").startswith("cite_note")
    )
    is_speck = attributes.get("width") in ("0", "1")  # a tracking pixel
    kinds: dict[str, object] = {
        "deletion": is_deleted(tag, attributes, style),
        "picture": tag in PICTURES and not is_speck,
        "video or frame": tag in EMBEDDED,
        "formula": tag == "math" or "mwe-math-element" in classes,
        "comment": "msocommentreference" in classes,
        "comment text": element == "comment" or "msocomtxt" in classes,
        "footnote": is_note,
    }
    return next((kind for kind, is_kind in kinds.items() if is_kind), "")


def mark_kind(attributes: Attributes, style: Mapping[str, str]) -> str:
    """Return "comment" or "footnote" for a link that is only a mark, "back" for a link back to a mark, or ""."""
    href = attributes.get("href", "")
    if "msocomanchor" in classes_of(attributes) or COMMENT_MARK.search(href):
        return "comment"
    if BACK_LINK.search(href):
        return "back"
    is_note = "mso-footnote-id" in style or "mso-endnote-id" in style or FOOTNOTE_MARK.search(href)
    return "footnote" if is_note else ""


def item_level(attributes: Attributes, style: Mapping[str, str]) -> int:
    """Return the level, from 1, of an item that states it, as Word's items do, or 0."""
    found = LEVEL.search(style.get("mso-list", ""))
    aria = attributes.get("aria-level") or attributes.get("data-aria-level") or ""
    return int(found[1]) if found else int(aria) if re.fullmatch("[1-9]", aria) else 0


def target_of(href: str) -> str:
    """Return the web address that a link leads to, without redirecting services, or "" if it is no web address."""
    for _ in range(MAX_REDIRECTS):
        href = _redirected(href.strip()) or href.strip()
    if len(href) >= MAX_URL_LENGTH or not _is_web(href):
        return ""
    return href.replace(" ", "%20").replace("(", "%28").replace(")", "%29")


def _is_web(href: str) -> bool:
    try:
        address = urlsplit(href)
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.netloc)


def _redirected(href: str) -> str:
    if not _is_web(href):
        return ""
    address = urlsplit(href)
    names = next((names for host, names in REDIRECTS if host.fullmatch(address.hostname or "")), ())
    values = parse_qs(address.query) if names and address.path in REDIRECT_PATHS else {}
    return next((values[name][0] for name in names if name in values and _is_web(values[name][0])), "")
