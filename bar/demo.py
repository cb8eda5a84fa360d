"""The demo cast."""


def sign_ins() -> list[tuple[str, str, str, str]]:
    """Role, name, e-mail, password."""
    return []
