"""A lost second step or address."""

from django.urls import URLPattern, URLResolver, path

from bar.accounts.views import resets as views

urlpatterns: list[URLPattern | URLResolver] = [
    path("hulp-bij-inloggen/", views.sign_in_help, name="sign_in_help"),
    path("hulp-bij-inloggen/tweede-stap/", views.lost_factor, name="lost_factor"),
    path("hulp-bij-inloggen/gevraagd/", views.lost_factor_asked, name="lost_factor_asked"),
    path("herstel/", views.own_resets, name="own_resets"),
    path("herstel/<str:token>/", views.reset_link, name="reset_link"),
    path("organisatie/mensen/<uuid:person>/herstel/", views.ask_reset, name="ask_reset"),
    path("organisatie/mensen/<uuid:person>/herstel/<uuid:reset>/bevestigen/", views.confirm_reset, name="confirm_reset"),
    path("organisatie/mensen/<uuid:person>/herstel/<uuid:reset>/stoppen/", views.cancel_reset, name="cancel_reset"),
]
