"""The addresses of people, by subject."""

from importlib import import_module

SUBJECTS = ("sign_in", "factors", "sessions", "account", "providers", "invitations", "organisations", "resets", "public")
urlpatterns = [pattern for subject in SUBJECTS for pattern in import_module(f"bar.accounts.urls.{subject}").urlpatterns]
