"""Where somebody was going when they had to sign in, as the address of a page brings it along."""

import re

from flask import request

_OURS = re.compile(r"/(?![/\\])[^\\\s\x00-\x1f\x7f]*")
"""A path of ours, and nothing that a browser could take for another site."""

_LONGEST_ADDRESS = 1000


def read_onward() -> str:
    """Read to which page of ours the address leads on; nothing for none, or one elsewhere."""
    address = request.args.get("next", "")
    return address if len(address) <= _LONGEST_ADDRESS and _OURS.fullmatch(address) else ""
