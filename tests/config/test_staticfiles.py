import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from fontTools.ttLib import TTFont

from config.settings import base
from config.staticfiles.finders import BUNDLES, compact, join_scripts
from config.staticfiles.fonts import FAMILIES


def collected(settings, tmp_path):
    """Collect the static files as production does, but don't compress them."""
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["css", "js", "json", "mjs", "svg", "txt", "md", "map"]  # slow
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "config.staticfiles.storage.StaticStorage"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path / "js"


def test_modules_import_each_other_under_their_hashed_names(settings, tmp_path):
    folder = collected(settings, tmp_path)
    scripts = {path.name for path in (base.ROOT / "static" / "js").glob("*.js")}
    importing = 0
    for name in scripts:
        text = (tmp_path / staticfiles_storage.stored_name(f"js/{name}")).read_text()
        for imported in re.findall(r'from "\./([^"]+)"', text):
            importing += 1
            assert re.fullmatch(r"[a-z-]+\.[0-9a-f]{12}\.js", imported)
            assert (folder / imported).exists()
    assert importing > 0


BYTES = {  # compressed, at most
    "css/site.css": 9_300,
    "css/community.css": 3_900,
    "css/home-page.css": 1_200,
    "js/every-page.js": 2_000,
    "js/article-page.js": 2_100,
}
FONT_BYTES = 50_000  # both families, as they travel
FACE = re.compile(r"@font-face \{(.*?)\}", re.DOTALL)


def font(stem):
    return TTFont(finders.find(f"fonts/{stem}.woff2"))


def faces():
    """Return the declarations of each @font-face of fonts.css."""
    text = (base.ROOT / "static" / "css" / "fonts.css").read_text()
    return [dict(re.findall(r"([a-z-]+): (.+?);", face)) for face in FACE.findall(text)]


def test_fonts_are_small():
    sizes = [Path(finders.find(f"fonts/{stem}.woff2")).stat().st_size for stem in FAMILIES]
    assert min(sizes) > 10_000
    assert sum(sizes) <= FONT_BYTES


@pytest.mark.parametrize("stem", FAMILIES)
def test_a_font_has_the_letters_of_english_and_spanish_and_the_signs_of_the_guide(stem):
    missing = set("AZaz09áéíóúüñÁÉÍÓÚÜÑ¿¡’“”–—…≥≤×°½") - {chr(code) for code in font(stem).getBestCmap()}
    assert missing == set()


def test_the_text_font_has_the_weights_from_400_to_700_and_the_heading_font_one():
    assert [(axis.axisTag, axis.minValue, axis.maxValue) for axis in font("guide-sans")["fvar"].axes] == [
        ("wght", 400, 700)
    ]
    assert ("fvar" in font("guide-serif"), font("guide-serif")["OS/2"].usWeightClass) == (False, 600)


def test_figures_of_the_text_font_are_tabular():
    metrics, letters = font("guide-sans")["hmtx"], font("guide-sans").getBestCmap()
    assert len({metrics[letters[ord(figure)]][0] for figure in "0123456789"}) == 1


@pytest.mark.parametrize(("stem", "family"), FAMILIES.items())
def test_a_subset_does_not_use_the_reserved_name_and_has_its_license_beside_it(stem, family):
    names = [str(name) for name in font(stem)["name"].names if name.nameID in (1, 3, 4, 6, 16)]
    assert [name for name in names if "Source" in name] == []
    assert "SIL OPEN FONT LICENSE" in Path(finders.find(f"fonts/{stem}.txt")).read_text()


@pytest.mark.parametrize("face", [face for face in faces() if "size-adjust" in face], ids=lambda face: face["src"][:24])
def test_a_fallback_takes_the_height_of_our_font(face):
    metrics = font("guide-sans" if "Sans" in face["font-family"] else "guide-serif")["hhea"]
    scale = float(face["size-adjust"].rstrip("%")) / 100
    heights = [float(face[name].rstrip("%")) for name in ("ascent-override", "descent-override")]
    assert heights == pytest.approx([metrics.ascent / 10 / scale, -metrics.descent / 10 / scale], abs=0.1)
    assert (face["line-gap-override"], metrics.lineGap) == ("0%", 0)


def test_collected_fonts_have_hashed_names_in_the_style_sheet(settings, tmp_path):
    collected(settings, tmp_path)
    styles = (tmp_path / staticfiles_storage.stored_name("css/site.css")).read_text()
    used = re.findall(r"url\(\"(.+?)\"\)", styles)
    assert [re.sub(r"\.[0-9a-f]{12}\.", ".", url) for url in used] == [f"../fonts/{stem}.woff2" for stem in FAMILIES]
    assert [url for url in used if not (tmp_path / "css" / url).resolve().exists()] == []


@pytest.mark.parametrize("name", [name for name in BUNDLES if name.endswith(".css")])
def test_a_style_sheet_has_every_part_without_comments(name):
    styles = Path(finders.find(name)).read_text()
    parts = [(base.ROOT / "static" / "css" / f"{part}.css").read_text() for part in BUNDLES[name]]
    assert [part for part in parts if compact(part) not in styles] == []
    assert "/*" not in styles


@pytest.mark.parametrize("name", BUNDLES)
def test_what_a_page_loads_is_small(name):
    assert len(gzip.compress(Path(finders.find(name)).read_bytes())) <= BYTES[name]


def test_joined_scripts_import_from_other_modules_once_and_from_each_other_never():
    modules = {
        "stored": '// Why.\nimport { get } from "./notes.js";\n\nexport function all() {\n  return get("a//b");\n}\n',
        "page": 'import { all } from "./stored.js";\nimport {\n  get,\n  set,\n} from "./notes.js";\nset(all(), get);\n',
    }
    assert join_scripts(modules).splitlines() == [
        'import { get, set } from "./notes.js";',
        "function all() {",
        'return get("a//b");',
        "}",
        "set(all(), get);",
    ]


@pytest.mark.parametrize("name", [name for name in BUNDLES if name.endswith(".js")])
def test_joined_scripts_declare_each_name_once_and_after_what_they_import(name):
    texts = {part: (base.ROOT / "static" / "js" / f"{part}.js").read_text() for part in BUNDLES[name]}
    declared = re.findall(
        r"^(?:export )?(?:async )?(?:const|let|function) (\w+)", "\n".join(texts.values()), re.MULTILINE
    )
    assert sorted(declared) == sorted(set(declared))
    imports = [
        (imported, part) for part, text in texts.items() for imported in re.findall(r'from "\./([\w-]+)\.js"', text)
    ]
    order = BUNDLES[name]
    assert [pair for pair in imports if pair[0] in order and order.index(pair[0]) > order.index(pair[1])] == []


def test_compacting_leaves_declarations_as_they_are():
    assert compact("/* why\n\n so */\na {\n  color: red; /* not green */\n}\n") == "a {\ncolor: red; \n}"
