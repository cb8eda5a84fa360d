"""How every Django form is drawn: with the templates of templates/forms/.

Only the link between Django's fields and those templates stands here; how a field looks is
their business, what a field asks is the form's. No wording, no HTML.
"""

from __future__ import annotations

from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting


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
        """The ids of all notes that stand between label and field, in reading order."""
        ids = [super().aria_describedby or ""]
        if self.auto_id and getattr(self.field, "employer_reads", None) is not None:
            ids.append(self.reader_id)
        if self.auto_id and getattr(self.field, "lead", ""):
            ids.append(f"{self.auto_id}_lead")
        return " ".join(filter(None, ids))


class Renderer(TemplatesSetting):
    """The renderer for ``FORM_RENDERER``; needs ``django.forms`` among the installed apps."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = DescribedField
