"""The reference of the hooks, read from the specs themselves, so that it cannot differ from them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import MISSING, Field, asdict, dataclass, fields, is_dataclass

from uptake.hooks import contributions, kinds, reports
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
KINDS = """All of these are imported from `uptake.toolkit`. What has a default may be left out.
"""
PARTS = ("When", "Arguments", "Returns", "Example")
_DOCSTRING = re.compile(r'^    """.*?"""\n\n', re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"\b[A-Z]\w+")
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
        said = {part: _marked(words) for part in PARTS if (words := getattr(self, part.lower()))}
        said["Example"] = f"[`{self.example}`]({_source(self.example)})"
        rows = "\n".join(f"- **{part}**: {words}" for part, words in said.items())
        return f"### `{self.name}{self.signature}`\n\n{_marked(self.purpose)}\n\n{rows}\n"


def reference() -> list[HookDoc]:
    """All hooks, in the order of the specs."""
    return [_documented(name, spec) for name, spec in HOOKS.items()]


def page() -> str:
    """The page of the documentation, by families."""
    text = HEAD
    for word, title in FAMILIES.items():
        found = [one.as_markdown() for one in reference() if one.name.startswith(f"{word}_")]
        text += "\n".join([f"## {title}\n", *found, ""])
    told = [_kind(one) for one in named()]
    return "\n".join([f"{text}## What hooks return and are given\n", KINDS, *told]).rstrip("\n") + "\n"


def named() -> list[type]:
    """The kinds that the hooks name, and those in these: what an author has to know of, in alphabetical order."""
    there = {
        name: kind for module in (kinds, contributions, reports) for name, kind in vars(module).items()
        if inspect.isclass(kind) and kind.__module__.startswith("uptake.hooks.") and kind.__module__ != "uptake.hooks.person"
    }  # fmt: skip
    found: set[str] = set()
    waiting = [str(inspect.signature(spec)) for spec in HOOKS.values()]
    while waiting:
        for name in set(_NAME.findall(waiting.pop())) & there.keys() - found:
            found.add(name)
            waiting.append(_fields(there[name]))
    return [there[name] for name in sorted(found)]


def _kind(kind: type) -> str:
    return f"### `{kind.__name__}`\n\n{_marked(inspect.getdoc(kind) or '')}\n\n```python\n{_fields(kind)}\n```\n"


def _fields(kind: type) -> str:
    """What is to be given to make one; of a class to derive from, what is to be written."""
    if not is_dataclass(kind):
        return _DOCSTRING.sub("", inspect.getsource(kind), count=1).strip()
    made = [one for one in fields(kind) if one.init]
    return "\n".join([f"{kind.__name__}(", *(f"    {one.name}: {one.type}{_default(one)}," for one in made), ")"])


def _default(one: Field[object]) -> str:
    if one.default is not MISSING:
        return f" = {one.default!r}"
    return "" if one.default_factory is MISSING else f" = {one.default_factory()!r}"


def _marked(text: str) -> str:
    return text.replace("``", "`")


def _source(module: str) -> str:
    """Where the bundled plugin stands, as seen from the documentation."""
    package, _, name = module.partition(".")
    return f"../plugins/{package.removeprefix('uptake_').replace('_', '-')}/{package}/{name}.py"


def _documented(name: str, spec: Callable[..., object]) -> HookDoc:
    pieces = _PART.split(inspect.cleandoc(spec.__doc__ or ""))
    said = {key: " ".join(text.split()) for key, text in zip(pieces[1::2], pieces[2::2], strict=True)}
    signature = str(inspect.signature(spec)).replace("'", "")
    return HookDoc(
        name, signature, " ".join(pieces[0].split()), said.get("When", ""), said.get("Arguments", ""),
        said.get("Returns", ""), said.get("Example", "").strip("`.").rstrip("`"),
    )  # fmt: skip
