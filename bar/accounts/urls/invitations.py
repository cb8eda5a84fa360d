"""Being invited, and seeing in a dossier what became of it."""

from django.urls import URLPattern, URLResolver, path

from bar.accounts.views import invitations as views
from bar.accounts.views.providers import accept_through_organisation

urlpatterns: list[URLPattern | URLResolver] = [
    path("uitnodiging/<str:token>/", views.invitation, name="invitation"),
    path("uitnodiging/<str:token>/nieuwe/", views.renew_invitation, name="renew_invitation"),
    path("uitnodiging/<str:token>/via/<slug:provider>/", accept_through_organisation, name="accept_through_organisation"),
    path("dossier/<number:number>/uitnodigingen/", views.invitations, name="invitations"),
    path("dossier/<number:number>/uitnodigingen/<uuid:invitation>/opnieuw/", views.resend_invitation, name="resend_invitation"),
    path("dossier/<number:number>/uitnodigingen/<uuid:invitation>/adres/", views.change_invitation_address, name="change_invitation_address"),
]
