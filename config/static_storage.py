"""Static files under names that change with their content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django's own `support_js_module_import_aggregation` also reads the scripts of packages, and fails on imports it can't resolve.
IMPORT = r"""(?P<matched>from "(?P<url>\./[\w-]+\.js)";)"""


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Rewrite the imports of our JavaScript modules, too, so that browsers never mix an old module with a new one."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", ((IMPORT, 'from "%(url)s";'),)))
