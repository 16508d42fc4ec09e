from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("login/", LoginView.as_view(template_name="accounts/login.html"), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("session/", views.session, name="session"),
    path("users/", views.users, name="users"),
    path("notes/", views.notes, name="notes"),
    path("notes/<int:note_id>/", views.note, name="note"),
    path("files/", views.files, name="files"),
    path("files/<int:file_id>/", views.download, name="download"),
]
