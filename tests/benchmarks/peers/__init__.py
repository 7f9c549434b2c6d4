"""The same campaign by what somebody else would pick: WTForms, Django, marshmallow, pydantic.

Each is written as its own documentation would have it, and none of it is the app's: from the
app come only the zones, the words and the choices, so that all of them ask the same.
"""
