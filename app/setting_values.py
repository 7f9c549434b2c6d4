"""What the values of settings have in common, whichever setting it is."""


class BadSetting(ValueError):
    """A setting that the app cannot start with; the message says what to change."""


def split_list(value: str) -> tuple[str, ...]:
    """Tell apart what stands in a list with commas."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def split_keys(value: str) -> tuple[str, ...]:
    """Tell keys apart by commas or, as in a file, by lines."""
    return split_list(value.replace("\n", ","))
