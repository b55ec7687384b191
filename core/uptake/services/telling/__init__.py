"""Telling people and programs: notices, mails in their rhythm, follows, calendars, webhooks."""
