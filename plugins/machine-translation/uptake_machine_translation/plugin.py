"""Uptake plugin: asks a LibreTranslate server, which everybody can run by themselves, for translations.

The server is named in ``uptake.toml``, by whoever runs the site::

    [plugins.machine-translation]
    endpoint = "http://127.0.0.1:5000"
    key = "only where the server asks for one"
    codes = { zh = "zh-Hans" }
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from uptake.toolkit import Ailment, HealthCheck, hookimpl, plugin_options, session, setting

from uptake_machine_translation.libretranslate import Server, server_from

NAME = "machine-translation"


@hookimpl
def lookup_translation(texts: Sequence[str], source: str, target: str) -> Sequence[str] | None:
    """What the server says; nothing where none is set up."""
    server = server_from(plugin_options(NAME))
    return server.translate(texts, source, target) if server else None


@hookimpl
def register_health_checks() -> list[HealthCheck]:
    return [HealthCheck("machine-translation.server", _look)]


def _look() -> Iterator[Ailment]:
    try:
        server: Server | None = server_from(plugin_options(NAME))
    except ValueError as error:
        yield Ailment(
            "machine-translation-endpoint", str(error), "Correct [plugins.machine-translation] in uptake.toml."
        )
        return
    if server is None and setting(session(), "machine_translation"):
        yield Ailment(
            "machine-translation-endpoint", "No server for machine translation is set up.",
            "Name it in uptake.toml: [plugins.machine-translation] endpoint.", grave=False,
        )  # fmt: skip
