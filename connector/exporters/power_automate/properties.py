"""What is known of a connector beside its definition? Its connection, its colour, its policy."""

from __future__ import annotations

from typing import Any

from connector.core.language import Manifest
from connector.exporters.options import Options
from connector.exporters.power_automate.definition import KEY, operations
from connector.exporters.power_automate.names import plain

Json = dict[str, Any]

COLOR = "#3a4e7a"
"""Of providers whose manifest names none."""

PROVIDER_KEY = "provider_key"


def api_properties(manifest: Manifest, options: Options, definition: Json) -> Json:
    """``apiProperties.json``."""
    parameters = {
        KEY: _secret("Service Key", "The key of this service, as its operator gave it to you.", 1)
    }
    made: Json = {
        "connectionParameters": parameters,
        "iconBrandColor": color(manifest),
        "capabilities": ["actions", "triggers"],
        "publisher": options.publisher,
        "policyTemplateInstances": [],
    }
    if options.credentials == "maker":
        name = plain(manifest.title)
        said = f"Your own key of {name}; jobs run, and are paid for, with it."
        parameters[PROVIDER_KEY] = _secret(f"{name} Key", said, 2)
        made["policyTemplateInstances"] = [_passed_on(definition)]
    return {"properties": made}


def settings() -> Json:
    """``settings.json``, which names the files to paconn."""
    return {
        "apiProperties": "apiProperties.json",
        "apiDefinition": "apiDefinition.swagger.json",
        "icon": "icon.png",
        "powerAppsUrl": "https://api.powerapps.com",
        "powerAppsApiVersion": "2016-11-01",
    }


def color(manifest: Manifest) -> str:
    """The brand colour, as #rrggbb."""
    return manifest.color or COLOR


def _secret(name: str, description: str, place: int) -> Json:
    constraints = {"tabIndex": place, "clearText": False, "required": "true"}
    return {
        "type": "securestring",
        "uiDefinition": {
            "displayName": name,
            "description": description,
            "tooltip": f"Paste the {name}",
            "constraints": constraints,
        },
    }


def _passed_on(definition: Json) -> Json:
    """The maker's provider key goes along as a header of every request."""
    return {
        "templateId": "setheader",
        "title": "Pass the provider key on",
        "parameters": {
            "x-ms-apimTemplateParameter.name": "X-Provider-Key",
            "x-ms-apimTemplateParameter.value": f"@connectionParameters('{PROVIDER_KEY}')",
            "x-ms-apimTemplateParameter.existsAction": "override",
            "x-ms-apimTemplate-policySection": "Request",
            "x-ms-apimTemplate-operationName": [
                each["operationId"] for each in operations(definition)
            ],
        },
    }
