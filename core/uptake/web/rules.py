"""Rules of addresses that make the function which builds an address when the first one is asked for.

Most of the several hundred rules never build one in the life of a process, and making the functions was most of a start.
They are made one at a time: Python 3.11 fails where two threads turn syntax trees into code at once ("AST constructor
recursion depth mismatch").
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock

from werkzeug.routing import Rule

Build = Callable[..., tuple[str, str]]
_ONE_AT_A_TIME = Lock()


class LateRule(Rule):
    """Flask's rule, but for the moment at which its builders are made."""

    def _compile_builder(self, append_unknown: bool = True) -> Build:
        make, made = super()._compile_builder, list[Build]()

        def build(rule: Rule, /, **values: object) -> tuple[str, str]:
            if not made:
                with _ONE_AT_A_TIME:
                    made.append(make(append_unknown))
            return made[0](rule, **values)

        return build
