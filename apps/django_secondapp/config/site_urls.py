"""The root of the URLs: what visitors see, and what the operators look at."""

from django.urls import include, path

from pages import views

urlpatterns = [
    path("", include("config.urls")),
    path("whoami/", views.whoami, name="whoami"),
]
