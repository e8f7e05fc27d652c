"""URLs of a member's own experience. Its public page is in config/urls.py, among those of the guide."""

from django.urls import path

from forum.experiences import views

urlpatterns = [
    path("experience/", views.mine, name="my-experience"),
    path("experience/write/", views.write, name="write-experience"),
    path("experience/withdraw/", views.withdraw, name="withdraw-experience"),
    path("experience/<int:pk>/remove/", views.remove, name="remove-experience"),
]
