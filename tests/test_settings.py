"""What an operator may write in the environment, and what is said of what cannot be read."""

from __future__ import annotations

import pytest

from connector.settings import BadSetting, read_settings

WRONG = {
    "CONNECTOR_TREADS": ("3", "There is no setting CONNECTOR_TREADS; did you mean CONNECTOR_"),
    "CONNECTOR_PUBLIC_URL": ("foo", "CONNECTOR_PUBLIC_URL cannot be read: give an address"),
    "CONNECTOR_TRACKING_ID": ("maybe", "CONNECTOR_TRACKING_ID cannot be read: give yes or no"),
    "CONNECTOR_THREADS": ("0", "CONNECTOR_THREADS cannot be read: give a whole number from 1"),
    "CONNECTOR_RESULT_DAYS": ("-1", "CONNECTOR_RESULT_DAYS cannot be read: give a number"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_setting_that_cannot_be_read_is_named_with_what_to_do(name: str) -> None:
    text, words = WRONG[name]

    with pytest.raises(BadSetting, match="^" + words):
        read_settings({name: text})


def test_a_base_url_must_be_an_address() -> None:
    with pytest.raises(BadSetting, match="ACME_BASE_URL"):
        read_settings({"ACME_BASE_URL": "foo", "ACME_API_KEY": "k"})


def test_a_password_in_a_wrong_database_address_is_not_repeated() -> None:
    with pytest.raises(BadSetting) as caught:
        read_settings({"CONNECTOR_DATABASE_URL": "mysql://user:sesame@host/db"})

    assert "sesame" not in str(caught.value)


def test_what_others_keep_in_the_environment_is_none_of_ours() -> None:
    settings = read_settings({"PATH": "/bin", "CONNECTOR_URL": "x", "NPM_BASE_URL": "odd"})

    assert settings.threads == 16
