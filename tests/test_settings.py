"""What an operator may write in the environment, and what is said of what cannot be read."""

from __future__ import annotations

import pytest

from connector.settings import BadSetting, Settings, read_settings

WRONG = {
    "CONNECTOR_TREADS": ("3", "There is no setting CONNECTOR_TREADS; did you mean CONNECTOR_"),
    "CONNECTOR_PUBLIC_URL": ("foo", "CONNECTOR_PUBLIC_URL cannot be read: give an address"),
    "CONNECTOR_TRACKING_ID": ("maybe", "CONNECTOR_TRACKING_ID cannot be read: give yes or no"),
    "CONNECTOR_THREADS": ("0", "CONNECTOR_THREADS cannot be read: give a whole number from 1"),
    "CONNECTOR_RESULT_DAYS": ("-1", "CONNECTOR_RESULT_DAYS cannot be read: give a number"),
    "CONNECTOR_POWER_AUTOMATE_LOCATION": (
        "gate",
        "CONNECTOR_POWER_AUTOMATE_LOCATION cannot be read: give auto, gateway or public",
    ),
    "CONNECTOR_HOLD_SECONDS": (
        "91",
        "CONNECTOR_HOLD_SECONDS cannot be read: give at most 90 seconds, not '91': ",
    ),
    "CONNECTOR_GATEWAY_HOSTS": (
        "azure-apim.net,*",
        "CONNECTOR_GATEWAY_HOSTS cannot be read: give host names alone",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_setting_that_cannot_be_read_is_named_with_what_to_do(name: str) -> None:
    text, words = WRONG[name]

    with pytest.raises(BadSetting, match="^" + words):
        read_settings({name: text})


@pytest.mark.parametrize(
    "text",
    ["https://a.cn", "a.cn:443", "*.a.cn", ".a.cn", "a.cn.", "net", "a.cn/x", "a b.cn", "*,a.cn"],
)
@pytest.mark.parametrize("name", ["CONNECTOR_GATEWAY_HOSTS", "CONNECTOR_FLOW_HOSTS"])
def test_what_is_no_host_name_is_refused(name: str, text: str) -> None:
    with pytest.raises(BadSetting, match=r"give host names alone, like logic\.azure\.com, not "):
        read_settings({name: text})


def test_hosts_are_read_in_lower_case() -> None:
    settings = read_settings({"CONNECTOR_GATEWAY_HOSTS": " Azure-APIhub.cn, tip.example ,"})

    assert settings.gateway_hosts == ("azure-apihub.cn", "tip.example")
    assert "logic.azure.com" in settings.flow_hosts
    assert read_settings({"CONNECTOR_FLOW_HOSTS": " * "}).flow_hosts == ("*",)


def test_what_nobody_set_is_as_the_value_alone_says() -> None:
    assert read_settings({}) == Settings()


def test_power_automate_is_held_for_as_long_as_is_allowed() -> None:
    assert read_settings({}).hold_seconds == 0
    assert read_settings({"CONNECTOR_HOLD_SECONDS": "90"}).hold_seconds == 90
    assert (
        read_settings({"CONNECTOR_POWER_AUTOMATE_LOCATION": "Public"}).power_automate_location
        == "public"
    )


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


def test_names_for_sellershorts_are_pairs_or_json() -> None:
    pairs = read_settings({"CONNECTOR_SELLERSHORTS_NAMES": "order_id = id, poll.ok=,"})
    json = read_settings({"CONNECTOR_SELLERSHORTS_NAMES": '{"order_id": "id", "poll.ok": ""}'})

    assert (
        pairs.sellershorts_names == json.sellershorts_names == (("order_id", "id"), ("poll.ok", ""))
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("order_id", "give name=value, not 'order_id'"),
        ("=id", "give name=value, not ''"),
        ("{", "give a JSON object of texts"),
        ('{"a": 1}', "give a JSON object of texts"),
    ],
)
def test_names_that_cannot_be_read_are_named(text: str, words: str) -> None:
    with pytest.raises(BadSetting, match=f"^CONNECTOR_SELLERSHORTS_NAMES cannot be read: {words}"):
        read_settings({"CONNECTOR_SELLERSHORTS_NAMES": text})
