"""Global IDs: the type inside is read only to warn of an id in the wrong field."""

from base64 import b64encode

import pytest

from app.campaign.contract.fields import DialerType
from app.campaign.contract.global_ids import read_global_id_type
from app.campaign.contract.problems import Advice, AdviceCode
from app.campaign.contract.wording import describe_advice
from tests.campaign.advised import BOTH_TYPES, Campaign, advice, outbound


def global_id(text: str) -> str:
    return b64encode(text.encode()).decode()


PROVIDER, POOL, CAMPAIGN = map(
    global_id, ("TenantVoiceProvider:123", "VoicePhoneNumberPool:123", "VoiceCampaign:123")
)


@pytest.mark.parametrize(
    ("field", "value", "id_type"),
    [
        ("assistant_id", CAMPAIGN, "VoiceCampaign"),
        ("assistant_id", PROVIDER, "TenantVoiceProvider"),
        ("phone_number_id", POOL, "VoicePhoneNumberPool"),
        ("tenant_voice_provider_id", POOL, "VoicePhoneNumberPool"),
        ("tenant_voice_provider_id", CAMPAIGN, "VoiceCampaign"),
    ],
)
@BOTH_TYPES
def test_a_global_id_in_the_wrong_field_is_pointed_out(
    campaign: Campaign, field: str, value: str, id_type: str
) -> None:
    assert advice(campaign(**{field: value})) == [
        Advice(field, AdviceCode.OTHER_GLOBAL_ID, id_type)
    ]


def test_a_provider_in_the_place_of_a_pool_is_pointed_out() -> None:
    values = outbound(dialer_type=DialerType.POOL, phone_number_pool_id=PROVIDER)

    assert advice(values) == [
        Advice("phone_number_pool_id", AdviceCode.OTHER_GLOBAL_ID, "TenantVoiceProvider")
    ]


def test_an_id_that_is_not_sent_is_not_looked_at() -> None:
    assert advice(outbound(phone_number_pool_id=PROVIDER)) == []


@pytest.mark.parametrize("value", ["asst_abc123", "123", "TenantVoiceProvider:123", "ünï"])
def test_what_cannot_be_a_global_id_is_pointed_out_where_one_is_asked_for(value: str) -> None:
    of_provider = Advice("tenant_voice_provider_id", AdviceCode.NO_GLOBAL_ID)
    of_pool = Advice("phone_number_pool_id", AdviceCode.NO_GLOBAL_ID)
    assert advice(outbound(tenant_voice_provider_id=value)) == [of_provider]
    pool = outbound(dialer_type=DialerType.POOL, phone_number_pool_id=value)
    assert advice(pool) == [of_pool]
    assert advice(outbound(assistant_id=value, phone_number_id=value)) == []


@pytest.mark.parametrize(
    ("text", "id_type"),
    [
        ("VGVuYW50Vm9pY2VQcm92aWRlcjoxMjM=", "TenantVoiceProvider"),
        ("Vm9pY2VQaG9uZU51bWJlclBvb2w6MTIz", "VoicePhoneNumberPool"),
        (global_id("Lead:0"), "Lead"),
        (global_id("Lead:"), None),
        (global_id("Lead"), None),
        (global_id("lead:1"), None),
        (global_id("L:1"), None),
        (global_id("Lead:\x00"), None),
        (global_id("Lead:1\n"), None),
        (global_id("Lead:1x"), "Lead"),
        (global_id("TenantPricingTableType:eQDnQwx"), "TenantPricingTable"),
        (global_id("Lead:a b"), "Lead"),
        (global_id("Lead:١"), None),
        (global_id(" Lead:1"), None),
        ("VGVuYW50Vm9pY2VQcm92aWRlcjoxMjM", None),  # without its last sign
        ("VGVuYW50Vm9pY2VQcm92aWRlcjoxMjM= ", None),
        ("", None),
        ("漢字", None),
    ],
)
def test_the_type_inside_a_global_id_is_read_and_nothing_else_is_taken_for_one(
    text: str, id_type: str | None
) -> None:
    assert read_global_id_type(text) == id_type


@pytest.mark.parametrize(
    ("detail", "sentence"),
    [
        ("VoiceCampaign", "This looks like the id of a campaign. Is it in the right field?"),
        ("Lead", "This looks like the id of something else, “Lead”. Is it in the right field?"),
    ],
)
def test_a_wrong_id_is_named_in_words(detail: str, sentence: str) -> None:
    piece = Advice("assistant_id", AdviceCode.OTHER_GLOBAL_ID, detail)

    assert describe_advice(piece) == sentence
