"""Running a site: settings, plugins, jobs, packages, the audit trail, erasure and webhooks."""
