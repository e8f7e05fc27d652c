"""Register the guide's admin pages."""

from guide.dashboard import admin as dashboard_admin
from guide.editor import article_admin, reference_admin, search_admin
