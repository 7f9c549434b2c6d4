"""The sandbox as an OpenAPI document: plain JSON, with the vendor's samples."""

import json

from jsonschema import Draft202012Validator

from app.sandbox.openapi import build_openapi
from app.sandbox.sample import SAMPLE_ANSWER, SAMPLE_REQUEST


def test_the_document_is_plain_json_with_one_path() -> None:
    document = build_openapi()

    assert json.loads(json.dumps(document)) == document
    assert document["openapi"].startswith("3.1")
    assert list(document["paths"]) == ["/api/v2/voice-campaigns"]


def test_the_samples_keep_to_the_schemas_that_they_stand_beside() -> None:
    schemas = build_openapi()["components"]["schemas"]

    Draft202012Validator(schemas["Campaign"]).validate(SAMPLE_REQUEST)
    Draft202012Validator(schemas["Created"]).validate(SAMPLE_ANSWER)
