"""Sees to it that reports know when what they were taken from has changed."""

from __future__ import annotations

from uptake.toolkit import RunningJob, transaction, update_facts

from uptake_reports.sources import watch


def daily(_job: RunningJob) -> dict[str, int]:
    """The daily job: how many sources have changed since the day before."""
    with transaction() as session:
        return {"changed": watch(session)}


def published(update: int) -> None:
    """An institution has reported: what reports took of the same recommendations is looked at again."""
    with transaction() as session:
        watch(session, update_facts(session, update).recommendations)
