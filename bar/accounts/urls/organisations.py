"""People and organisations, for an administrator of that organisation."""

from django.urls import URLPattern, URLResolver, path

from bar.accounts.views import organisations as views

urlpatterns: list[URLPattern | URLResolver] = [
    path("organisatie/", views.organisation, name="organisation"),
    path("organisatie/gegevens/", views.organisation_details, name="organisation_details"),
    path("organisatie/mensen/nieuw/", views.add_person, name="add_person"),
    path("organisatie/mensen/<uuid:person>/", views.organisation_person, name="organisation_person"),
    path("organisatie/mensen/<uuid:person>/werk/", views.change_work, name="change_work"),
    path("organisatie/mensen/<uuid:person>/uitnodigen/", views.invite_again, name="invite_again"),
    path("organisatie/mensen/<uuid:person>/stoppen/", views.end_person, name="end_person"),
    path("organisatie/mensen/<uuid:person>/weer-toelaten/", views.let_in_again, name="let_in_again"),
]
