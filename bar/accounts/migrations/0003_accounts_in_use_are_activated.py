"""Whoever has a password already signs in: say so in the column that now tells it."""

from django.apps.registry import Apps
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone


def activate(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    people = apps.get_model("accounts", "User")
    people.objects.filter(is_active=True).exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX).update(activated_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_people_come_and_go")]

    operations = [migrations.RunPython(activate, migrations.RunPython.noop)]
