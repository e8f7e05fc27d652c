"""Register the guide's admin pages."""

from guide.dashboard import admin as dashboard_admin
from guide.editor import article_admin, matrix_admin, picture_admin, reference_admin, search_admin, source_admin
from guide.review import admin as review_admin
