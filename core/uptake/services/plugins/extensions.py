"""Brings what plugins registered to the tables that services look into: once, when an application is put together."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from uptake.db import apart
from uptake.hooks.contributions import GradeScale, JobSpec, Setting
from uptake.hooks.registry import Registry
from uptake.services import permissions, site_settings
from uptake.services.people import api_tokens
from uptake.services.progress import scales
from uptake.services.running import jobs, schedules
from uptake.services.telling import notice_words

_by_engine: WeakKeyDictionary[Engine, Registry] = WeakKeyDictionary()


def extend(engine: Engine, registry: Registry) -> None:
    """Tell services what plugins brought, and which registry goes with this database."""
    _by_engine[engine] = registry
    registry.faults.apart = apart
    permissions.extend(registry.permissions.values())
    api_tokens.extend(registry.token_scopes.values())
    site_settings.extend(map(_setting, registry.settings.values()))
    scales.extend(map(_scale, registry.scales.values()))
    for notice in registry.notices.values():
        notice_words.register(notice.kind, notice.one, notice.many)
    for spec in registry.jobs.values():
        _add_job(spec)


def registry_of(session: Session) -> Registry:
    """The registry of the instance behind this session."""
    bind = session.get_bind()
    return _by_engine[bind if isinstance(bind, Engine) else bind.engine]


def _add_job(spec: JobSpec) -> None:
    jobs.kind(spec.name, spec.label, attempts=spec.attempts)(spec.run)
    if spec.every:
        {"minute": schedules.minutely, "hour": schedules.hourly, "day": schedules.daily}[spec.every](spec.name)


def _setting(one: Setting) -> site_settings.Known:
    return site_settings.Known(one.name, one.kind, one.default, one.label, one.hint, one.action, one.choices)


def _scale(one: GradeScale) -> scales.Scale:
    grades = {code: dict(names) for code, names in one.grades.items()}
    return scales.Scale(one.code, one.by, one.mechanisms, dict(one.names), one.source, grades)
