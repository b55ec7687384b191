"""Jobs in tests: run what waits, here and now."""

from __future__ import annotations

from flask import Flask

from uptake.app import registry
from uptake.db import session
from uptake.services.running.job_worker import Worker
from uptake.settings import Settings


def worker_of(app: Flask) -> Worker:
    """A worker of this process."""
    settings: Settings = app.extensions["uptake"]
    return Worker(app.app_context, settings, registry(app))


def run_jobs(app: Flask) -> int:
    """Run every job that waits, as a worker would; how many ran."""
    session().rollback()
    ran = worker_of(app).run_waiting()
    session().expire_all()
    return ran
