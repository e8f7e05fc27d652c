"""Static file storage with content hashes in file names."""

from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django's own `support_js_module_import_aggregation` also reads the scripts of packages, and fails on imports it can't resolve.
IMPORT = r"""(?P<matched>from "(?P<url>\./[\w-]+\.js)";)"""


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Also rewrite imports in our JavaScript modules, so that browsers never mix old and new modules."""

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("js/*.js", ((IMPORT, 'from "%(url)s";'),)))
