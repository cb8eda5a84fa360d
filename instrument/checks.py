"""The system check that stops a process from starting with a questionnaire that was changed after release."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from instrument import library
from instrument.errors import DefinitionError


@register()
def check_definitions(app_configs: Sequence[AppConfig] | None, **_: object) -> list[CheckMessage]:
    """Every file is valid and is the one that was released, and there is one to offer."""
    del app_configs  # the definitions belong to no app in particular
    try:
        library.load_all()
        library.current()
    except (DefinitionError, ValueError) as error:
        return [Error(str(error), id="instrument.E001")]
    return []
