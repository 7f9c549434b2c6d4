"""The VoiceAIWrapper API, as a caller sees it."""
