"""Sizes in words, for who reads them at the command line."""


def in_words(size: int) -> str:
    """Bytes as KB or MB."""
    return f"{size / 1e6:.1f} MB" if size >= 1_000_000 else f"{size / 1e3:.0f} KB"
