"""Addresses about who has a seat; each starts behind `dossier/<number>/`, but for `outside`."""

from django.urls import URLPattern, path

from consent.views import contacts, delegates, hand_over, seats

urlpatterns: list[URLPattern] = [
    path("wie-doet-mee/", seats.who_takes_part, name="seats"),
    path("wie-doet-mee/taakgedelegeerde/", delegates.appoint_delegate, name="appoint_delegate"),
    path("wie-doet-mee/taakgedelegeerde/<uuid:seat>/stoppen/", delegates.end_delegate, name="end_delegate"),
    path("wie-doet-mee/waarneming/", delegates.start_cover, name="start_cover"),
    path("wie-doet-mee/waarneming/<uuid:seat>/stoppen/", delegates.end_cover, name="end_cover"),
    path("wie-doet-mee/overdragen/", hand_over.hand_over, name="hand_over"),
    path("wie-doet-mee/andere-arbodienst/", hand_over.hand_over_elsewhere, name="hand_over_elsewhere"),
    path("wie-doet-mee/andere-arbodienst/intrekken/", hand_over.withdraw_elsewhere, name="withdraw_elsewhere"),
    path("wie-doet-mee/eerdere-stukken/", hand_over.older_pieces, name="older_pieces"),
    path("wie-doet-mee/eerdere-stukken/intrekken/", hand_over.withdraw_older_pieces, name="withdraw_older_pieces"),
    path("mensen/", seats.people, name="people"),
    path("contactpersonen/", contacts.contacts, name="contacts"),
    path("contactpersonen/<uuid:seat>/stoppen/", contacts.end_contact, name="end_contact"),
    path("contactpersonen/vraag/", contacts.ask_contact, name="ask_contact"),
    path("contactpersonen/vraag/antwoord/", contacts.answer_contact, name="answer_contact"),
]

# Outside any dossier: a physician's own dossiers at once, and what a physician is asked to take over.
outside: list[URLPattern] = [
    path("waarneming/", delegates.cover_everywhere, name="cover_everywhere"),
    path("overnemen/", hand_over.questions, name="questions"),
    path("overnemen/<uuid:question>/", hand_over.take_over, name="take_over"),
]
