"""Register the guide's pages of the admin."""

from guide.dashboard import admin as dashboard_admin
from guide.editor import article_admin, reference_admin
