"""Addresses of filling in a version. Sections have a Dutch name in the address bar and an English one everywhere else."""

from django.urls import URLPattern, path, register_converter

from dossiers.views import filling

NAMES = {
    "visit": "bezoek",
    "phase": "fase",
    "work_factors": "werkfactoren",
    "areas": "aandachtsgebieden",
    "context_factors": "prive-en-persoonlijk",
    "employee_view": "visie-werknemer",
    "possibilities": "mogelijkheden",
    "prognosis": "verwachting",
    "advice": "advies",
    "consultation": "overleg",
}


class SectionConverter:
    """A section of the BAR: `aandachtsgebieden` in the address, `areas` in the code."""

    regex = "|".join(NAMES.values())

    def to_python(self, value: str) -> str:
        """The key of the section with this Dutch name."""
        return next(key for key, name in NAMES.items() if name == value)

    def to_url(self, value: str) -> str:
        """The Dutch name. Raises ValueError for what is no section."""
        if value not in NAMES:
            raise ValueError(value)
        return NAMES[value]


register_converter(SectionConverter, "section")

urlpatterns: list[URLPattern] = [
    path("bar/<int:version>/invullen/", filling.fill_in, name="fill_in"),
    path("bar/<int:version>/invullen/alles/", filling.fill_in_all, name="fill_in_all"),
    path("bar/<int:version>/invullen/<section:section>/", filling.fill_in_section, name="fill_in_section"),
    path("bar/<int:version>/opslaan/<section:section>/", filling.save_section, name="save_section"),
    path("bar/<int:version>/zoals-vorige-keer/", filling.all_as_before, name="all_as_before"),
]
