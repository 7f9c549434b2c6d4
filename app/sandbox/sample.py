"""The sample of the vendor's own page: a request that is accepted as it stands, and its answer."""

from typing import Any

SAMPLE_REQUEST: dict[str, Any] = {
    "name": "Q4 Outreach",
    "type": "OUTBOUND",
    "assistant_id": "asst_abc123",
    "tenant_voice_provider_id": "VGVuYW50Vm9pY2VQcm92aWRlcjoxMjM=",
    "dialer_type": "SINGLE",
    "vapi_calling_entity": "ASSISTANT",
    "phone_number_id": "pn_abc123",
    "phone_number_pool_id": "Vm9pY2VQaG9uZU51bWJlclBvb2w6MTIz",
    "start_date": "2025-01-01",
    "end_date": "2025-03-31",
    "timezone": "America/New_York",
    "days_of_week": ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"],
    "daily_start_time": "09:00",
    "daily_end_time": "17:00",
    "max_call_attempts": 3,
    "max_daily_attempts": 1,
    "min_gap_between_attempts": 60,
    "consider_voicemail_as_answered": True,
    "webhook_url": "https://yourapp.com/webhooks/campaign",
}

SAMPLE_ANSWER: dict[str, Any] = {
    "status": "success",
    "message": "Campaign created successfully",
    "data": {
        "campaign_id": "Vm9pY2VDYW1wYWlnbjoxMjM=",
        "campaign_name": "Q4 Outreach",
        "campaign_type": "OUTBOUND",
        "campaign_status": "DRAFT",
    },
}
