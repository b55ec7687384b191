"""Names for what the audit trail says: what was done to accounts, settings and the like, and the facts that changed."""

from __future__ import annotations

from uptake.i18n import N_, NC_

ACTIONS = {
    "actor.close": N_("Institution closed"), "actor.reopen": N_("Institution opened again"),
    "actor.mandate": N_("Mandate changed"), "assessment.write": N_("Assessment written"),
    "assessment.edit": N_("Assessment changed"), "assessment.withdraw": N_("Assessment withdrawn"),
    "comment.write": N_("Comment written"), "comment.withdraw": N_("Comment withdrawn"),
    "interface.translate": N_("Words of the interface changed"), "job.cancel": N_("Job stopped"),
    "job.retry": N_("Job tried again"), "membership.reopen": N_("Role opened again"),
    "package.load": N_("Package brought in"), "package.make": N_("Package made"),
    "plugin.forget": N_("Faults of a plugin crossed off"), "plugin.purge": N_("Data of a plugin deleted"),
    "roundtrip.apply": N_("Spreadsheet taken in"), "set.release": N_("Set published"),
    "setting.change": N_("Setting changed"), "status_scale.edit": N_("Status scale changed"),
    "user.block": N_("Account closed"), "user.unblock": N_("Account opened again"), "user.create": N_("Account made"),
    "user.digest": N_("Rhythm of mails changed"), "user.email": N_("E-mail address changed"),
    "user.invite": N_("Person invited"), "user.invite_again": N_("Person invited again"),
    "user.invite_withdraw": N_("Invitation withdrawn"), "user.lock": N_("Account locked after too many attempts"),
    "user.password": N_("Password changed"), "user.passkey_add": N_("Passkey added"),
    "user.passkey_remove": N_("Passkey removed"), "user.profile": N_("Profile changed"),
    "user.second_factor_on": N_("Second factor switched on"), "user.second_factor_off": N_("Second factor switched off"),
    "user.sign_out": N_("Signed out of one browser"), "user.sign_out_everywhere": N_("Signed out everywhere"),
    "user.single_sign_on": N_("Single sign-on connected"), "user.token_make": N_("Token for the API made"),
    "user.token_revoke": N_("Token for the API revoked"), "webhook.add": N_("Webhook entered"),
    "webhook.remove": N_("Webhook removed"), "webhook.renew": N_("Webhook given a new secret"),
    "webhook.switch": N_("Webhook switched on or off"),
    "view.delete": N_("Kept search deleted"),
    "view.rename": N_("Kept search renamed"), "view.save": N_("Search kept"), "view.share": N_("Kept search shared"),
    "view.unshare": N_("Kept search no longer shared"),
}  # fmt: skip
FACTS = {
    "active": N_("Switched on"), "budget": N_("Budget note"), "changed": N_("Changed"), "checksum": N_("Checksum"),
    "due": N_("Due date"), "importer": N_("Importer"), "lead_id": N_("Lead institution"), "matched": N_("Known from elsewhere"),
    "new": N_("New"), "read": N_("Read"), "rows": N_("Rows"), "same": N_("The same"), "skipped": N_("Left out"),
    "titles": N_("Titles"), "vanished": N_("No longer in the file"),
    "actor": N_("Institution"), "address": N_("Address"), "changes": N_("Changes"),
    "claim": N_("What is claimed"), "code": N_("Code"), "digest": N_("Mails about your work"), "email": N_("E-mail address"),
    "actor_id": N_("Institution"), "actors": N_("Institutions"), "asked": N_("Institutions asked"),
    "circulation": N_("Draft sent round"),
    "comment": N_("Comment"), "counted": N_("Counted"), "disposition": N_("What was done with it"),
    "guidance": N_("What belongs here"), "heading": N_("Heading"), "member": N_("Person"), "moved": N_("Moved"),
    "outline": N_("Kind of report"), "period_from": N_("From"), "period_to": N_("Until"), "deadline": N_("Deadline"),
    "remark": N_("Remark"), "section": N_("Section"), "share": N_("Limit of words"), "society": N_("Open to civil society"),
    "source": N_("Source"), "sources": N_("Sources"), "user_id": N_("Person"), "version": N_("Version"), "why": N_("Why"),
    "events": N_("Events"), "evidence": N_("Evidence"), "file": N_("File"), "files": N_("Files"), "grade": N_("Grade"),
    "lead": N_("Lead"), "level": N_("Level"), "made": N_("Made"),
    "mentions": N_("Persons named"), "message": N_("Text in English"), "name": N_("Name"), "names": N_("Names"),
    "parent": N_("Belongs to"), "parts": N_("Parts"), "phone": N_("Telephone"), "query": NC_("what was looked for", "Search"),
    "reason": N_("Reason"), "recommendation": N_("Recommendation"), "recommendations": N_("Recommendations"),
    "refused": N_("Refused"), "role": N_("Role"), "rule": N_("Rule"), "scopes": N_("What it may do"),
    "set": NC_("several updates", "Set"), "shared": N_("Shared"),
    "short_names": N_("Short names"), "since": N_("Since"), "size": N_("Size"), "support": N_("Support"), "text": N_("Text"),
    "token": N_("Token for the API"), "until": N_("Until"), "updates": N_("Progress updates"),
    "user": N_("Person"), "website": N_("Website"),
    "withdrawn": N_("Withdrawn"), "words": NC_("what is said", "Words"),
}  # fmt: skip
# What plugins do with their own things, by the last part of the action's name.
VERBS = {
    "create": N_("Entered"), "edit": N_("Edited"), "link": N_("Linked"), "unlink": N_("Link taken away"),
    "report": N_("Reported on"), "withdraw": N_("Withdrawn"), "restore": N_("Brought back"), "delete": N_("Deleted"),
    "add": N_("Entered"), "arrange": N_("Edited"), "write": N_("Text written"), "take": N_("Source taken in"),
    "refresh": N_("Source refreshed"), "comment": N_("Comment written"), "resolve": N_("Comment settled"),
    "circulate": N_("Draft sent round"), "remark": N_("Remark written"), "dispose": N_("Remark answered"),
    "ask": N_("Information asked for"), "member": N_("People changed"), "move": N_("Moved to another step"),
    "remove": N_("Taken away"),
}  # fmt: skip
STATUS_OF = "status of recommendation/"
