"""Signing in through an organisation."""

from django.urls import URLPattern, URLResolver, path

from bar.accounts.views import providers as views

urlpatterns: list[URLPattern | URLResolver] = [
    path("inloggen/organisatie/", views.choose_organisation, name="choose_organisation"),
    path("inloggen/organisatie/<slug:provider>/", views.start_through_organisation, name="start_through_organisation"),
    path("inloggen/organisatie/<slug:provider>/terug/", views.back_from_organisation, name="back_from_organisation"),
    path("account/inloggen-via-organisatie/", views.identities, name="identities"),
    path("account/inloggen-via-organisatie/opnieuw/", views.prove_through_organisation, name="prove_through_organisation"),
    path("account/inloggen-via-organisatie/<slug:provider>/koppelen/", views.link_identity, name="link_identity"),
    path("account/inloggen-via-organisatie/<uuid:identity>/ontkoppelen/", views.unlink_identity, name="unlink_identity"),
]
