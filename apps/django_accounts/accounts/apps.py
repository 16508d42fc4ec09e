from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


def remember_entrance(sender, request, **kwargs):
    """Keeps in the session which login form was used; the session page shows it."""
    match = request.resolver_match
    request.session["entrance"] = match.view_name if match else ""


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self):
        user_logged_in.connect(remember_entrance, dispatch_uid="accounts.entrance")
