"""What each role is called, and may do."""

from app.rights import Role

ROLE_WORDS = {
    Role.VIEWER: ("Viewer", "looks at campaigns and what became of them"),
    Role.EDITOR: ("Editor", "writes and changes campaigns"),
    Role.SENDER: ("Sender", "sends what is ready"),
    Role.ACCEPTER: ("Accepter", "accepts what breaks a rule, with a reason"),
    Role.RESOLVER: ("Resolver", "says what became of a campaign that nobody answered for"),
    Role.APPROVER: ("Approver", "approves what others have made, where that is asked for"),
    Role.OVERRIDER: ("Overrider", "sends without approval in an emergency, with a reason"),
    Role.ADMINISTRATOR: ("Administrator", "may do everything, and looks after people"),
}
