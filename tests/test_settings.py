"""Settings: defaults < file < environment, and every wrong key told at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from uptake.errors import Invalid
from uptake.settings import DEFAULT_LANGUAGES, load


def write(folder: Path, content: str | bytes) -> Path:
    (folder / "uptake.toml").write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def test_an_empty_file_gives_the_defaults(tmp_path: Path) -> None:
    found = load(write(tmp_path, ""), {})
    assert (found.title, found.states, found.languages, found.default_language) == (
        "Uptake",
        (),
        DEFAULT_LANGUAGES,
        "en",
    )
    assert found.database_url == f"sqlite:///{tmp_path / 'uptake.db'}"


def test_the_file_outranks_the_defaults_and_the_environment_the_file(tmp_path: Path) -> None:
    write(tmp_path, 'title = "File"\nstates = ["SVN"]\ncontact = "a@b.c"')
    found = load(tmp_path, {"UPTAKE_TITLE": "Environment", "UPTAKE_STATES": "FRA, CHE ,", "HOME": "/root"})
    assert (found.title, found.states, found.contact) == ("Environment", ("FRA", "CHE"), "a@b.c")


def test_a_database_in_the_environment_replaces_the_file_in_the_folder(tmp_path: Path) -> None:
    assert load(write(tmp_path, ""), {"UPTAKE_DATABASE": "postgresql://h/d"}).database_url == "postgresql://h/d"


def test_every_wrong_key_is_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, 'titel = "x"\nlanguages = "en"\ncontact = 3\nstates = ["svn"]\nplugins = 1\nplugin_order = [1]')
    with pytest.raises(Invalid) as caught:
        load(tmp_path, {})
    assert set(caught.value.fields) == {"titel", "languages", "contact", "states", "plugins", "plugin_order"}
    assert "titel is not a setting" in str(caught.value)
    assert str(tmp_path / "uptake.toml") in str(caught.value)


@pytest.mark.parametrize("code", ["svn", "SI", "SVNX", "", "S1N"])
def test_a_state_that_is_no_alpha_3_code_is_refused(tmp_path: Path, code: str) -> None:
    with pytest.raises(Invalid, match="alpha-3"):
        load(write(tmp_path, f'states = ["{code}"]'), {})


def test_the_default_language_must_be_one_of_the_languages(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="default_language must be one of languages"):
        load(write(tmp_path, 'languages = ["fr"]'), {})
    assert load(write(tmp_path, 'languages = ["fr"]\ndefault_language = "fr"'), {}).default_language == "fr"


def test_a_folder_without_settings_says_how_to_make_an_instance(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="uptake init"):
        load(tmp_path, {})


@pytest.mark.parametrize("content", ['title = "open', b'title = "\xff"', "= 3", "a = 1\na = 2"])
def test_a_file_that_is_no_toml_is_named_with_the_place(tmp_path: Path, content: str | bytes) -> None:
    with pytest.raises(Invalid, match=r"uptake\.toml cannot be read: .+Correct that line"):
        load(write(tmp_path, content), {})


def test_a_plugin_keeps_its_settings_in_a_table_of_its_own(tmp_path: Path) -> None:
    assert load(write(tmp_path, "[plugins.uhri]\nfeed = 'x'"), {}).plugins == {"uhri": {"feed": "x"}}
