"""Who may do what: rights and roles, sign-in, and where somebody is signed in."""
