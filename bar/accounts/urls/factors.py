"""The own second steps, and proving again who you are."""

from django.urls import URLPattern, URLResolver, path

from bar.accounts.views import factors as views
from bar.accounts.views.proving import prove_again

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/inloggen/", views.index, name="mfa_index"),
    path("account/inloggen/opnieuw/", prove_again, name="prove_again"),
    path("account/inloggen/sleutel/", views.add_passkey, name="mfa_add_webauthn"),
    path("account/inloggen/sleutel/<int:factor>/", views.rename_passkey, name="mfa_edit_webauthn"),
    path("account/inloggen/sleutel/<int:factor>/weg/", views.remove_passkey, name="mfa_remove_webauthn"),
    path("account/inloggen/app/", views.add_app, name="mfa_activate_totp"),
    path("account/inloggen/app/weg/", views.remove_app, name="mfa_deactivate_totp"),
    path("account/inloggen/herstelcodes/", views.codes, name="mfa_view_recovery_codes"),
    path("account/inloggen/herstelcodes/bewaard/", views.keep_codes, name="keep_recovery_codes"),
    path("account/inloggen/herstelcodes/bestand/", views.download_codes, name="mfa_download_recovery_codes"),
    path("account/inloggen/herstelcodes/nieuw/", views.new_codes, name="mfa_generate_recovery_codes"),
]
