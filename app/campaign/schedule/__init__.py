"""When a campaign calls: its windows, the attempts in them, and the clock changes among them."""
