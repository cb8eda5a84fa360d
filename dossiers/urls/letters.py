"""Addresses of letters."""

from django.urls import URLPattern, path

from dossiers.views import letters, paper

urlpatterns: list[URLPattern] = [
    path("brieven/", letters.letters, name="letters"),
    path("brieven/<int:version>/", letters.letter, name="letter"),
    path("brieven/<int:version>/pdf/<str:reader>/", letters.letter_pdf, name="letter_pdf"),
    path("brieven/<int:version>/opnieuw/", letters.retry_letter, name="retry_letter"),
    path("brieven/<int:version>/intrekken/", letters.withdraw_letter, name="withdraw_letter"),
    path("brieven/<int:version>/op-papier/", letters.letter_on_paper, name="letter_on_paper"),
    path("brieven/<int:version>/op-papier/terug/", paper.undo_on_paper, name="undo_on_paper"),
    path("brieven/<int:version>/printen/", paper.print_letter, name="print_letter"),
    path("proces/postadres/", paper.postal_address, name="postal_address"),
]
