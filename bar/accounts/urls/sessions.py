"""Own devices, the time that is left, the own password, and a lost one."""

from django.urls import URLPattern, URLResolver, path

from bar.accounts.views import passwords, sessions

urlpatterns: list[URLPattern | URLResolver] = [
    path("nog-hier/", sessions.still_here, name="still_here"),
    path("account/apparaten/", sessions.devices, name="devices"),
    path("account/apparaten/uitloggen/", sessions.end_device, name="end_device"),
    path("account/apparaten/alle-andere-uitloggen/", sessions.end_others, name="end_other_devices"),
    path("account/wachtwoord/", passwords.change_password, name="change_password"),
    path("wachtwoord-vergeten/", passwords.lost_password, name="lost_password"),
    path("wachtwoord-nieuw/", passwords.new_password, name="new_password"),
]
