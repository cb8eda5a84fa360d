"""An answer of the employee is a dated row; the database refuses to change or remove it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("consent", "0001_the_first_tables"), ("dossiers", "0002_final_is_final")]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER answer_is_append_only BEFORE UPDATE OR DELETE ON consent_answer FOR EACH ROW EXECUTE FUNCTION refuse_change();",
            "DROP TRIGGER answer_is_append_only ON consent_answer;",
        ),
    ]
