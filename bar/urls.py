"""Every address of the product. Dutch in the address bar, English names."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from bar import demo_mail, give_account, help_employee, home, new_contact, new_dossier, own_copy, to_print
from bar.health import healthz, livez, readyz
from bar.metrics_page import metrics
from bar.security_txt import security_txt
from bar.sharing.views import new_share
from consent.urls import outside


class NumberConverter:
    """What may stand where a dossier number stands; anything else is no address here."""

    regex = "[A-Za-z0-9-]{1,20}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NumberConverter, "number")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("", include("bar.accounts.urls")),
    path("healthz", healthz, name="healthz"),
    path(".well-known/security.txt", security_txt, name="security_txt"),
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("demo/mail/", demo_mail.demo_mail, name="demo_mail"),
    path("dossiers/nieuw/", new_dossier.new_dossier, name="new_dossier"),
    path("brieven/printen/", to_print.letters_to_print, name="letters_to_print"),
    path("dossier/<number:number>/", include("dossiers.urls")),
    path("dossier/<number:number>/", include("consent.urls")),
    path("dossier/<number:number>/mijn-dossier/downloaden/", own_copy.download_dossier, name="download_dossier"),
    path("dossier/<number:number>/account-geven/", give_account.give_account, name="give_account"),
    path("dossier/<number:number>/inloggen-helpen/", help_employee.help_employee, name="help_employee"),
    path("dossier/<number:number>/inloggen-helpen/<uuid:reset>/", help_employee.decide_help, name="decide_help"),
    path("dossier/<number:number>/contactpersonen/nieuw/", new_contact.new_contact, name="new_contact"),
    path("dossier/<number:number>/delen/nieuw/", new_share, name="new_share"),
    path("", include(outside)),
]

handler400 = "bar.errors.bad_request"
handler403 = "bar.errors.forbidden"
handler404 = "bar.errors.not_found"
handler500 = "bar.errors.server_error"
