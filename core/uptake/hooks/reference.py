"""The reference of the hooks, read from the specs themselves, so that it cannot differ from them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass

from uptake.hooks.loader import HOOKS

HEAD = """# Hooks

Everything by which a plugin can take part, printed from the specs by `uptake plugin hooks --markdown`. How to write a plugin
stands in [plugins.md](plugins.md).

"""
FAMILIES = {
    "register": "Facts: asked for once, when the site starts",
    "lookup": "Lookups: inside a use case; they may read, never write",
    "check": "Checks: inside a use case, before its step; they may read, never write",
    "on": "Events: after the commit, with ids",
}
PARTS = ("When", "Arguments", "Returns", "Example")
_PART = re.compile(rf"^({'|'.join(PARTS)}): ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class HookDoc:
    """One hook: what it is for, when it is called, with what, what it returns, and which module shows it."""

    name: str
    signature: str
    purpose: str
    when: str
    arguments: str
    returns: str
    example: str

    def as_json(self) -> dict[str, str]:
        """For machines."""
        return asdict(self)

    def as_text(self) -> str:
        """For the terminal."""
        lines = [f"{self.name}{self.signature}", f"    {self.purpose}"]
        lines += [f"    {part}: {said}" for part in PARTS if (said := getattr(self, part.lower()))]
        return "\n".join(lines) + "\n"

    def as_markdown(self) -> str:
        """For the page in the documentation."""
        rows = "\n".join(
            f"- **{part}**: {f'`{said}`' if part == 'Example' else said.replace('``', '`')}"
            for part in PARTS
            if (said := getattr(self, part.lower()))
        )
        return f"### `{self.name}{self.signature}`\n\n{self.purpose}\n\n{rows}\n"


def reference() -> list[HookDoc]:
    """All hooks, in the order of the specs."""
    return [_documented(name, spec) for name, spec in HOOKS.items()]


def page() -> str:
    """The page of the documentation, by families."""
    text = HEAD
    for word, title in FAMILIES.items():
        found = [one.as_markdown() for one in reference() if one.name.startswith(f"{word}_")]
        text += "\n".join([f"## {title}\n", *found, ""])
    return text.rstrip("\n") + "\n"


def _documented(name: str, spec: Callable[..., object]) -> HookDoc:
    pieces = _PART.split(inspect.cleandoc(spec.__doc__ or ""))
    said = {key: " ".join(text.split()) for key, text in zip(pieces[1::2], pieces[2::2], strict=True)}
    signature = str(inspect.signature(spec)).replace("'", "")
    return HookDoc(
        name, signature, " ".join(pieces[0].split()), said.get("When", ""), said.get("Arguments", ""),
        said.get("Returns", ""), said.get("Example", "").strip("`.").rstrip("`"),
    )  # fmt: skip
