"""Signing in and out, the second step."""

from django.urls import URLPattern, URLResolver, path

from bar.accounts.views import sign_in as views

urlpatterns: list[URLPattern | URLResolver] = [
    path("inloggen/", views.sign_in, name="sign_in"),
    path("inloggen/", views.sign_in, name="account_login"),  # what the library calls the same page
    path("inloggen/sleutel/", views.by_passkey, name="mfa_login_webauthn"),
    path("inloggen/tweede-stap/", views.second_step, name="mfa_authenticate"),
    path("uitloggen/", views.sign_out, name="sign_out"),
]
