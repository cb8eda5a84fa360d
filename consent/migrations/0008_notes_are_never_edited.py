"""A note of the employee on a question is a dated row; the database refuses to change or remove it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consent", "0007_known_shares_get_the_name_of_their_person")]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER share_note_is_append_only BEFORE UPDATE OR DELETE ON consent_sharenote FOR EACH ROW EXECUTE FUNCTION refuse_change();",
            "DROP TRIGGER share_note_is_append_only ON consent_sharenote;",
        ),
    ]
