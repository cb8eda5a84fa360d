"""The own account."""

from django.urls import URLPattern, URLResolver, path

from bar.accounts.views import account as views

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", views.account, name="account"),
    path("account/naam/", views.account_name, name="account_name"),
    path("account/e-mailadres/", views.account_address, name="account_address"),
    path("account/berichten/", views.account_notices, name="account_notices"),
    path("account/datums/", views.account_dates, name="account_dates"),
    path("account/kopie/", views.account_copy, name="account_copy"),
]
