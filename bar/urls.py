"""Every address of the product. Dutch in the address bar, English names."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
