"""How every Django form is drawn: with the templates of templates/forms/.

Only the link between Django's fields and those templates stands here; how a field looks is
their business, what a field asks is the form's. No wording, no HTML.
"""

from functools import cached_property
from pathlib import Path

import django.forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.template.backends.django import DjangoTemplates as Engine


class DescribedField(BoundField):
    """A field that also names its lead and its reader hint in ``aria-describedby``.

    A form field may carry ``lead`` (the words its answer completes in a letter, "Dit kan:") and
    ``employer_reads`` (``True``, ``False``, or absent when there is nothing to say).
    """

    @property
    def reader_id(self) -> str:
        """The id of the hint that says whether the employer reads this field."""
        return f"{self.auto_id}_reader"

    @property
    def aria_describedby(self) -> str:
        """The ids of all notes that stand between label and box, in reading order."""
        ids = []
        if self.auto_id and getattr(self.field, "employer_reads", None) is not None:
            ids.append(self.reader_id)
        ids.append(super().aria_describedby or "")
        if self.auto_id and getattr(self.field, "lead", ""):
            ids.append(f"{self.auto_id}_lead")
        return " ".join(filter(None, ids))


class Renderer(DjangoTemplates):
    """The renderer for ``FORM_RENDERER``: our templates first, then Django's own widgets."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = DescribedField

    @cached_property
    def engine(self) -> Engine:
        """An engine without context processors, so that a field cannot ask who is looking."""
        folders = [settings.BASE_DIR / "templates", Path(django.forms.__file__).parent / "templates"]
        return Engine({"NAME": "forms", "DIRS": folders, "APP_DIRS": False, "OPTIONS": {}})
