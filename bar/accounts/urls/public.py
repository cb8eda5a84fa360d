"""Pages that anybody may read."""

from django.urls import URLPattern, URLResolver, path

from bar.accounts.views import public as views

urlpatterns: list[URLPattern | URLResolver] = [
    path("woorden/", views.glossary, name="glossary"),
    path("toegankelijkheid/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
]
