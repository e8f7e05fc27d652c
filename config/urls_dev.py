"""URLs of development: the site's own, and a page of its components."""

from django.urls import path

from config import urls
from config.design_page import design

urlpatterns = [*urls.urlpatterns, path("design/", design, name="design")]
