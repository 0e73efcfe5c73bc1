"""Is the icon shown well: a square PNG of a good size on the ground of the brand's colour?"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from PIL import Image

from connector.exporters.power_automate.lint.package import ICON, Package
from connector.exporters.power_automate.lint.rule import ERROR, rules
from connector.exporters.power_automate.lint.walk import words
from connector.manifest.problems import Complaint

SIDE = (100, 230)  # pixels: "a logo of about 160 x 160 in a square of about 230 x 230"
LARGEST = 4096  # pixels of a side that are unpacked; more is no icon
MAGIC = b"\x89PNG\r\n\x1a\n"  # its head follows, with the two sides
NEAR = 12  # of 255, how far a channel may be from the brand's: pictures are rounded


def not_png(package: Package) -> Iterator[Complaint]:
    """The icon is a PNG that can be read."""
    if _picture(package) is None:
        yield "", "this is no PNG that can be read"


def not_square(package: Package) -> Iterator[Complaint]:
    """The icon is square."""
    picture = _picture(package)
    if picture is not None and picture.width != picture.height:
        yield "", f"this is {picture.width} x {picture.height} pixels and must be square"


def wrong_size(package: Package) -> Iterator[Complaint]:
    """The icon has 100 to 230 pixels a side."""
    picture, (least, most) = _picture(package), SIDE
    if picture is not None and not least <= max(picture.size) <= most:
        shown = f"{picture.width} x {picture.height}"
        yield "", f"this is {shown} pixels; {least} to {most} a side are shown well"


def transparent(package: Package) -> Iterator[Complaint]:
    """Nothing of the icon shows through."""
    picture = _picture(package)
    if picture is not None and min(picture.convert("RGBA").tobytes()[3::4]) < 255:
        yield "", "parts of this are transparent; fill the ground with the brand's colour"


def wrong_ground(package: Package) -> Iterator[Complaint]:
    """The ground, seen at the corners, has the brand's colour."""
    picture = _picture(package)
    colour = words(package.properties.get("iconBrandColor"))
    if picture is None or len(colour) != 7:
        return
    try:
        wanted = bytes.fromhex(colour[1:])
    except ValueError:
        return  # the colour itself is wrong, which has a rule of its own
    for seen in _corners(picture):
        far = any(abs(one - two) > NEAR for one, two in zip(seen, wanted, strict=False))
        if far and seen[3] == 255:  # what shows through has a rule of its own
            shown = f"#{seen[:3].hex()}"
            yield "", f"a corner is {shown} and iconBrandColor is {colour}; make them one"
            return


def _corners(picture: Image.Image) -> list[bytes]:
    """Red, green, blue and opacity of the four corners."""
    wide, high = picture.size
    pixels = picture.convert("RGBA").tobytes()
    places = (0, wide - 1, wide * (high - 1), wide * high - 1)
    return [pixels[4 * place : 4 * place + 4] for place in places]


def _picture(package: Package) -> Image.Image | None:
    """The icon, unpacked; None if it is no PNG or far too large to be unpacked."""
    content = package.files[ICON]
    sides = (int.from_bytes(content[16:20]), int.from_bytes(content[20:24]))
    if not content.startswith(MAGIC) or max(sides) > LARGEST:
        return None
    try:
        picture = Image.open(BytesIO(content), formats=["PNG"])
        picture.load()
    except (OSError, SyntaxError, ValueError):
        return None
    return picture


RULES = rules(
    ICON,
    ("IconNotPng", ERROR, not_png),
    ("IconNotSquare", ERROR, not_square),
    ("IconSizeNotInRange", ERROR, wrong_size),
    ("IconTransparent", ERROR, transparent),
    ("IconGroundNotBrandColor", ERROR, wrong_ground),
)
