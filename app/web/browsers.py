"""What a browser is called, as people know it, by what it says of itself."""

_BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "Firefox": "Firefox",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "Linux": "Linux",
}
"""Each with what it says; the first that is found counts, as others claim to be it as well."""


def name_browser(agent: str) -> str:
    """Name a browser and its system by its User-Agent; one that is none of these as it says."""
    browser = next((name for sign, name in _BROWSERS.items() if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS.items() if sign in agent), "")
    named = " on ".join(filter(None, (browser, system)))
    return named or agent[:60] or "unknown"
