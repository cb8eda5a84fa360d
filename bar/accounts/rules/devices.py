"""A browser in plain words, from what it says about itself, and its place without the last part of its address.

Rough on purpose: the owner must recognise the own devices, nobody needs a version. What is unknown is called so.
"""

import ipaddress

# In this order: a browser also names those it descends from.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Chromium/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "een iPhone"),
    ("iPad", "een iPad"),
    ("Android", "een Android-apparaat"),
    ("Windows", "een Windows-computer"),
    ("CrOS", "een Chromebook"),
    ("Macintosh", "een Mac"),
    ("Mac OS X", "een Mac"),
    ("Linux", "een Linux-computer"),
)


def in_words(user_agent: str) -> str:
    """For example "Firefox op een Mac"."""
    browser = next((name for sign, name in BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    if browser and system:
        return f"{browser} op {system}"
    if system:
        return f"Een browser op {system}"
    return browser or "Een onbekende browser"


def place(address: str) -> str:
    """The network somebody came from: an address without its last part. Empty when it is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return place(str(found.ipv4_mapped))
        return f"{ipaddress.ip_network(f'{found}/48', strict=False).network_address}x"
    return address.rsplit(".", 1)[0] + ".x"


def network(address: str) -> str:
    """What counts as one address: IPv4 as it is, IPv6 by its /64, because one subscriber owns all of that."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network(f"{found}/64", strict=False).network_address)
    return str(found)
