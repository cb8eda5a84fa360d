"""The forms of a questionnaire: a section value in, a section value out, in the shape of the case file.

What other packages may use is imported here. Nothing about people, storage or access belongs in this package.
"""

from instrument.forms.blocks import Block, Group
from instrument.forms.fields import MAX_TEXT
from instrument.forms.layout import FILLED_SECTIONS, MAX_ROWS
from instrument.forms.missing import Missing, missing
from instrument.forms.section import FormContext, SectionForm, section_form
from instrument.forms.values import SectionData, SectionValue, ValueShapeError, data_of, default_value

__all__ = [
    "FILLED_SECTIONS",
    "MAX_ROWS",
    "MAX_TEXT",
    "Block",
    "FormContext",
    "Group",
    "Missing",
    "SectionData",
    "SectionForm",
    "SectionValue",
    "ValueShapeError",
    "data_of",
    "default_value",
    "missing",
    "section_form",
]
