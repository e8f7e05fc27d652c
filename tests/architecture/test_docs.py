"""All files and pages named in the documentation exist."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "guide" / "content" / "README.md"])
FILE = re.compile(r"`((?:\.ci|config|core|accounts|guide|forum|templates|static|tests|tools|deploy|docs)/[\w./-]*)`")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
EXAMPLE = re.compile(r"`[^`\n]*`|^```.*?^```", re.M | re.S)


def test_files_named_in_the_documentation_exist():
    named = {(page.name, file) for page in PAGES for file in FILE.findall(page.read_text())}
    assert sorted(pair for pair in named if not (ROOT / pair[1]).exists()) == []


def test_links_in_the_documentation_lead_to_files():
    texts = {page: EXAMPLE.sub("", page.read_text()) for page in PAGES}
    links = {(page, link) for page, text in texts.items() for link in LINK.findall(text)}
    dead = [(page.name, link) for page, link in links if not (page.parent / link).exists()]
    assert sorted(dead) == []
