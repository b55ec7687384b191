"""People: accounts, signing in, invitations, roles and memberships, handover, and what is held of one person."""
