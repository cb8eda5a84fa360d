"""The programming mistakes of this package. Refusals towards a reader are form errors, not these."""


class DefinitionError(Exception):
    """A definition file that cannot be trusted: not as the schema says, or changed after its release."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message
