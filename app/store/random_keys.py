"""Random keys, of which the database has only a hash: those of sign-ins, of links, of programs."""

from hashlib import sha256


def hash_key(key: str) -> str:
    """Hash a random key: SHA-256 in hexadecimal digits.

    Nobody guesses 192 bits or more, so that neither a salt nor a slow hash would help.
    """
    return sha256(key.encode()).hexdigest()
