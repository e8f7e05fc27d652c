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


# How many requirements of levels 1 and 2 each section of ASVS 5.0.0 has.
ASVS = """1.1:2 1.2:9 1.3:11 1.4:3 1.5:2 2.1:3 2.2:3 2.3:4 2.4:1 3.2:2 3.3:4 3.4:6 3.5:5 3.7:2 4.1:3 4.2:1 4.3:2 4.4:4 5.1:1 5.2:3
    5.3:2 5.4:3 6.1:3 6.2:12 6.3:4 6.4:4 6.5:5 6.6:3 6.8:4 7.1:3 7.2:4 7.3:2 7.4:5 7.5:2 7.6:2 8.1:2 8.2:3 8.3:1 8.4:1 9.1:3
    9.2:4 10.1:2 10.2:2 10.3:4 10.4:11 10.5:5 10.6:2 10.7:3 11.1:2 11.2:3 11.3:3 11.4:4 11.5:1 11.6:1 12.1:3 12.2:2 12.3:4
    13.1:1 13.2:5 13.3:2 13.4:5 14.1:2 14.2:4 14.3:3 15.1:3 15.2:3 15.3:7 16.1:1 16.2:5 16.3:4 16.4:3 16.5:3 17.1:1 17.2:4
    17.3:2"""


def test_the_security_page_has_each_asvs_requirement_once_and_names_files_that_exist(root):
    page = (root / "docs/security.md").read_text()
    rows = re.findall(r"^\| (\d+\.\d+\.\d+[\d., ]*) \|", page, re.MULTILINE)
    sections = [section.split(":") for section in ASVS.split()]
    every = [f"{section}.{n}" for section, count in sections for n in range(1, int(count) + 1)]
    assert sorted(number for row in rows for number in row.split(", ")) == sorted(every)
    paths = re.findall(r"`((?:tests|config|accounts|forum|deploy|templates|core)/[\w./-]+)`", page)
    assert [path for path in paths if not (root / path).exists()] == []
