"""Are webhooks complete: a URL to call, a content to show, a way to unsubscribe?"""

from __future__ import annotations

from collections.abc import Iterator

from connector.exporters.power_automate.lint.package import DEFINITION, Operation, Package
from connector.exporters.power_automate.lint.rule import ERROR, WARNING, rules
from connector.exporters.power_automate.lint.walk import Node, reached, table
from connector.manifest.problems import Complaint, pointer

URL, CONTENT = "x-ms-notification-url", "x-ms-notification-content"
SUBSCRIBING = ("post", "put", "patch")


def no_content(package: Package) -> Iterator[Complaint]:
    """An operation that takes a URL to call tells, on its path, what comes there."""
    for operation in package.operations:
        misplaced = CONTENT in operation.json
        if _urls(package, operation) and CONTENT not in operation.item and not misplaced:
            yield operation.place, f"give its path {CONTENT}: what is sent to the URL"


def content_in_operation(package: Package) -> Iterator[Complaint]:
    """The content of a notification stands beside the operation, not inside."""
    for operation in package.operations:
        if CONTENT in operation.json:
            place = f"{operation.place}/{CONTENT}"
            yield place, f"move this up to the path, beside {operation.method!r}"


def no_url(package: Package) -> Iterator[Complaint]:
    """A subscription takes the URL to call."""
    for operation in package.operations:
        subscribes = CONTENT in operation.item and operation.method in SUBSCRIBING
        if subscribes and not _urls(package, operation):
            yield operation.place, f"mark the URL to call in its body: {URL}"


def url_not_text(package: Package) -> Iterator[Complaint]:
    """The URL is text."""
    for node in _all_urls(package):
        if node.json.get("type") != "string":
            yield node.place, 'the URL to call must be "type": "string"'


def url_not_required(package: Package) -> Iterator[Complaint]:
    """The URL is required, and all that it stands in."""
    for node in _all_urls(package):
        chain = [each for each in node.chain() if each.role == "property"]
        for each in chain:
            if not each.required:
                yield each.place, "the URL to call must be required, with all that it stands in"


def url_not_internal(package: Package) -> Iterator[Complaint]:
    """The URL is internal, or something that it stands in."""
    for node in _all_urls(package):
        if not any(each.json.get("x-ms-visibility") == "internal" for each in node.chain()):
            yield node.place, 'makers must not see the URL to call; give "x-ms-visibility"'


def url_elsewhere(package: Package) -> Iterator[Complaint]:
    """The URL stands in a body that is sent, nowhere else."""
    inputs = {node.place for node in _all_urls(package)}
    outputs: set[str] = set()
    for operation in package.operations:
        for root in operation.schemas.values():
            outputs |= {each.place for each in reached(package.definition, root)}
    for node in package.nodes:
        if node.json.get(URL) is True and (node.place not in inputs or node.place in outputs):
            yield f"{node.place}/{URL}", "the URL to call belongs to a body that is sent"


def no_unsubscribing(package: Package) -> Iterator[Complaint]:
    """Where one can subscribe, a DELETE is declared."""
    if any(each.method == "delete" for each in package.operations):
        return
    for operation in package.operations:
        if _urls(package, operation):
            yield operation.place, "there is no DELETE to unsubscribe with; declare one"


def no_location(package: Package) -> Iterator[Complaint]:
    """A subscription is answered 201, with the Location to unsubscribe at."""
    for operation in package.operations:
        if not _urls(package, operation):
            continue
        created = operation.responses.get("201")
        headers = table(created.json.get("headers")) if created is not None else {}
        if not any(name.lower() == "location" for name in headers):
            place = operation.place + pointer("responses")
            yield place, "declare 201 with the header Location: where DELETE unsubscribes"


def notification_of_no_trigger(package: Package) -> Iterator[Complaint]:
    """Only a trigger names another operation as its webhook."""
    for operation in package.operations:
        if "x-ms-notification" in operation.json and not operation.trigger:
            place = f"{operation.place}/x-ms-notification"
            yield place, "only a trigger has this; give x-ms-trigger or remove it"


def notification_of_webhook(package: Package) -> Iterator[Complaint]:
    """A webhook names no other."""
    for operation in package.operations:
        if "x-ms-notification" in operation.json and _urls(package, operation):
            yield f"{operation.place}/x-ms-notification", "this is a webhook itself; remove it"


def notification_by_no_webhook(package: Package) -> Iterator[Complaint]:
    """What a trigger names as its webhook is one."""
    for operation in package.operations:
        named = table(operation.json.get("x-ms-notification")).get("operationId")
        other = package.operation(named)
        if named is not None and other is not None and not _urls(package, other):
            place = f"{operation.place}/x-ms-notification/operationId"
            yield place, f"{named!r} is no webhook; it takes no URL to call"


def _urls(package: Package, operation: Operation) -> list[Node]:
    """The places of an operation's body that take the URL to call."""
    if operation.body is None:
        return []
    inner = reached(package.definition, operation.body)
    return [node for node in inner if node.json.get(URL) is True]


def _all_urls(package: Package) -> Iterator[Node]:
    for operation in package.operations:
        yield from _urls(package, operation)


RULES = rules(
    DEFINITION,
    ("OperationMustHaveNotificationContentExtension", ERROR, no_content),
    ("NotificationContentNotAtPath", ERROR, content_in_operation),
    ("WebhookOperationsMissingNotificationUrlProperty", ERROR, no_url),
    ("NotificationUrlNotString", ERROR, url_not_text),
    ("NotificationUrlNotRequired", ERROR, url_not_required),
    ("NotificationUrlNotInternal", ERROR, url_not_internal),
    ("NotificationUrlNotAllowedInThisPosition", ERROR, url_elsewhere),
    ("WebhookWithoutDelete", ERROR, no_unsubscribing),
    ("WebhookWithoutLocation", WARNING, no_location),
    ("NotificationExtensionSupportedForTriggerOnly", ERROR, notification_of_no_trigger),
    ("NotificationExtensionNotSupportedInWebhookOperation", ERROR, notification_of_webhook),
    ("NotificationOperationMustBeWebhook", ERROR, notification_by_no_webhook),
)
