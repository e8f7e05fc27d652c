import re

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from config.settings import base


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
