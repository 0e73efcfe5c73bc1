"""Is the head of a definition right: title, description, contact, host, schemes, metadata?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from connector.exporters.power_automate.lint.package import DEFINITION, Package
from connector.exporters.power_automate.lint.rule import ERROR, WARNING, rules
from connector.exporters.power_automate.lint.walk import Table, rows, table, words
from connector.manifest.problems import Complaint, pointer

LONGEST_TITLE = 30  # characters
DESCRIPTION = (30, 500)  # characters
PRODUCTS = (
    "Power Apps", "PowerApps", "Power Automate", "PowerAutomate", "Microsoft Flow", "Power BI",
    "PowerBI", "Power Pages", "Power Platform", "Power Virtual Agents", "Copilot Studio",
)  # fmt: skip
PRODUCT = re.compile(rf"\b({'|'.join(PRODUCTS)})\b", re.IGNORECASE)
TITLE_WORD = re.compile(rf"\b(API|Connector|{'|'.join(PRODUCTS)})\b", re.IGNORECASE)
HOST = re.compile(r"(?=.{1,253}(:|$))[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?")
EMAIL = re.compile(r"[!-?A-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
UNREADY = frozenset({"staging", "stage", "dev", "test", "uat", "localhost", "internal", "local"})
METADATA = ("Website", "Privacy policy", "Categories")
CATEGORIES = frozenset(
    {"AI", "Business Management", "Business Intelligence", "Collaboration", "Commerce",
     "Communication", "Content and Files", "Finance", "Data", "Human Resources",
     "Internet of Things", "IT Operations", "Lifestyle and Entertainment", "Marketing",
     "Productivity", "Sales and CRM", "Security", "Social Media", "Website"}
)  # fmt: skip
MOST_CATEGORIES = 2


def version_is_not_2(package: Package) -> Iterator[Complaint]:
    """Swagger 2.0; OpenAPI 3 is refused."""
    if package.definition.get("swagger") != "2.0":
        yield "/swagger", 'this must be the text "2.0"; other versions cannot be imported'


def long_title(package: Package) -> Iterator[Complaint]:
    """A title of at most 30 characters."""
    title = _info(package, "title")
    if len(title) > LONGEST_TITLE:
        yield "/info/title", f"this has {len(title)} characters; {LONGEST_TITLE} are allowed"


def title_end(package: Package) -> Iterator[Complaint]:
    """A title ends in a letter or a digit; ``(Independent Publisher)`` is Microsoft's own."""
    title = _info(package, "title").removesuffix("(Independent Publisher)").rstrip(" ")
    if title and not title[-1].isalnum():
        yield "/info/title", "this must end in a letter or a digit"


def restricted_words(package: Package) -> Iterator[Complaint]:
    """No "API", no "Connector" in the title, no Power Platform product in any text of people."""
    if found := TITLE_WORD.search(_info(package, "title")):
        yield "/info/title", f"this holds the word {found[0]!r}; name the product alone"
    for place, text in _texts(package):
        if found := PRODUCT.search(text):
            yield place, f"this names {found[0]!r}; Power Platform products must not be named"


def description_length(package: Package) -> Iterator[Complaint]:
    """A description of 30 to 500 characters."""
    least, most = DESCRIPTION
    size = len(_info(package, "description"))
    if size and not least <= size <= most:
        yield "/info/description", f"this has {size} characters; {least} to {most} are allowed"


def wrong_email(package: Package) -> Iterator[Complaint]:
    """The contact's address is one."""
    email = table(table(package.definition.get("info")).get("contact")).get("email")
    if email is not None and not EMAIL.fullmatch(words(email)):
        yield "/info/contact/email", "this is no e-mail address"


def wrong_urls(package: Package) -> Iterator[Complaint]:
    """The addresses of contact, licence and documents are absolute."""
    info = table(package.definition.get("info"))
    found = (
        (("info", "contact", "url"), table(info.get("contact"))),
        (("info", "license", "url"), table(info.get("license"))),
        (("externalDocs", "url"), table(package.definition.get("externalDocs"))),
    )
    for way, holder in found:
        if "url" in holder and not _absolute(words(holder["url"])):
            yield pointer(*way), "this must be an absolute URL"


def wrong_host(package: Package) -> Iterator[Complaint]:
    """A host is a name alone, with neither scheme nor path."""
    host = package.definition.get("host")
    if host is not None and not HOST.fullmatch(words(host)):
        yield "/host", "this must be a host name alone: no scheme, path or user"


def unready_host(package: Package) -> Iterator[Complaint]:
    """A host of production, that the internet can reach, at the usual port."""
    whole = words(package.definition.get("host")).lower()
    host, colon, _ = whole.partition(":")
    labels = set(re.split(r"[.-]", host))
    trial = labels & UNREADY or "." not in host or _private(host)
    if HOST.fullmatch(whole) and (trial or colon):
        yield "/host", f"{whole} is for trying things out; a released connector needs another"


def wrong_base_path(package: Package) -> Iterator[Complaint]:
    """A base path begins with a slash."""
    path = package.definition.get("basePath")
    if path is not None and not words(path).startswith("/"):
        yield "/basePath", 'this must begin with "/"'


def no_scheme(package: Package) -> Iterator[Complaint]:
    """Schemes are not an empty list."""
    for place, schemes in _schemes(package):
        if not schemes:
            yield place, 'this is empty; give ["https"] or remove it'


def websockets(package: Package) -> Iterator[Complaint]:
    """No websockets."""
    for place, schemes in _schemes(package):
        for number, scheme in enumerate(schemes):
            if scheme in ("ws", "wss"):
                yield f"{place}/{number}", "websockets are not supported; use https"


def unknown_scheme(package: Package) -> Iterator[Complaint]:
    """Schemes are https and http."""
    for place, schemes in _schemes(package):
        for number, scheme in enumerate(schemes):
            if scheme not in ("https", "http", "ws", "wss"):
                yield f"{place}/{number}", f"{scheme!r} is no scheme; use https"


def plain_http(package: Package) -> Iterator[Complaint]:
    """Keys travel by https only."""
    for place, schemes in _schemes(package):
        if "http" in schemes:
            yield f"{place}/{list(schemes).index('http')}", "keys would travel in clear; use https"


def doubled_tags(package: Package) -> Iterator[Complaint]:
    """No tag is defined twice."""
    names = [table(tag).get("name") for tag in rows(package.definition.get("tags"))]
    for number, name in enumerate(names):
        if name in names[:number]:
            yield f"/tags/{number}", f"the tag {name!r} is defined twice; remove one"


def missing_metadata(package: Package) -> Iterator[Complaint]:
    """Website, privacy policy and categories are told; certification asks for them."""
    told = [words(entry.get("propertyName")).lower() for _, entry in _metadata(package)]
    for name in METADATA:
        if name.lower() not in told:
            yield "/x-ms-connector-metadata", f"there is no {name!r}; certification asks for it"


def unknown_category(package: Package) -> Iterator[Complaint]:
    """Categories are of Microsoft's list."""
    for place, category in _categories(package):
        if category not in CATEGORIES:
            yield place, f"{category!r} is no category; there is: {', '.join(sorted(CATEGORIES))}"


def many_categories(package: Package) -> Iterator[Complaint]:
    """Two categories at most."""
    found = list(_categories(package))
    if len(found) > MOST_CATEGORIES:
        yield found[0][0], f"these are {len(found)} categories; {MOST_CATEGORIES} are allowed"


def _info(package: Package, name: str) -> str:
    return words(table(package.definition.get("info")).get(name))


def _texts(package: Package) -> Iterator[tuple[str, str]]:
    """All texts that people read, but for the title."""
    yield "/info/description", _info(package, "description")
    for operation in package.operations:
        for name in ("summary", "description", "x-ms-trigger-hint"):
            yield f"{operation.place}/{name}", words(operation.json.get(name))
    for node in package.nodes:
        for name in ("x-ms-summary", "description"):
            yield f"{node.place}/{name}", words(node.json.get(name))


def _schemes(package: Package) -> Iterator[tuple[str, list[object]]]:
    holders: list[tuple[str, Table]] = [("", package.definition)]
    holders += [(each.place, each.json) for each in package.operations]
    for place, holder in holders:
        if isinstance(holder.get("schemes"), list):
            yield f"{place}/schemes", holder["schemes"]


def _metadata(package: Package) -> Iterator[tuple[str, Table]]:
    for number, entry in enumerate(rows(package.definition.get("x-ms-connector-metadata"))):
        yield f"/x-ms-connector-metadata/{number}", table(entry)


def _categories(package: Package) -> Iterator[tuple[str, str]]:
    for place, entry in _metadata(package):
        if entry.get("propertyName") == "Categories":
            for category in words(entry.get("propertyValue")).split(";"):
                if category.strip():
                    yield f"{place}/propertyValue", category.strip()


def _absolute(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc)


def _private(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False


RULES = rules(
    DEFINITION,
    ("SpecificationVersionIncorrect", ERROR, version_is_not_2),
    ("FieldLengthExceeded", ERROR, long_title),
    ("ValueMustEndWithAlphanumeric", ERROR, title_end),
    ("ValueContainsRestrictedWords", ERROR, restricted_words),
    ("FieldLengthNotInRange", ERROR, description_length),
    ("ContactEmailNotValid", ERROR, wrong_email),
    ("UrlNotValid", ERROR, wrong_urls),
    ("HostNameNotValid", ERROR, wrong_host),
    ("HostNotForProduction", WARNING, unready_host),
    ("BasePathNotValid", ERROR, wrong_base_path),
    ("SchemesArrayEmpty", ERROR, no_scheme),
    ("SchemeNotSupported", ERROR, websockets),
    ("SchemeNotValid", ERROR, unknown_scheme),
    ("SchemeNotHttps", WARNING, plain_http),
    ("TagRedefined", ERROR, doubled_tags),
    ("ConnectorMetadataPropertiesMissing", WARNING, missing_metadata),
    ("InvalidConnectorCategory", ERROR, unknown_category),
    ("TooManyConnectorCategories", ERROR, many_categories),
)
