"""Signing in and out, a lost password, the second step."""

from django.urls import URLPattern, URLResolver, path

from bar.accounts.views import sign_in as views

urlpatterns: list[URLPattern | URLResolver] = [
    path("inloggen/", views.sign_in, name="sign_in"),
    path("uitloggen/", views.sign_out, name="sign_out"),
]
