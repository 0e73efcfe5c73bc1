"""What does the connector look like? Its initials on its colour, as a PNG. Pure.

A logo of about 160 pixels in a square of 230, on the colour of the properties (Microsoft,
"Verified publisher certification process").
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

SIDE, LOGO = 230, 160  # pixels
LIGHT, DARK = "#fefefe", "#1b1b1f"
FONT_SIZES = range(LOGO * 2, 20, -2)


def icon(title: str, color: str) -> bytes:
    """A PNG of 230 x 230 pixels."""
    from PIL import Image, ImageDraw  # 6 MB, which the service, who shares our schemas, never needs

    picture = Image.new("RGB", (SIDE, SIDE), color)
    draw = ImageDraw.Draw(picture)
    letters = initials(title)
    font, (left, top, right, bottom) = _largest(draw, letters)
    corner = ((SIDE - right - left) / 2, (SIDE - bottom - top) / 2)
    draw.text(corner, letters, fill=contrasting(color), font=font)
    written = BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()


def initials(title: str) -> str:
    """One or two letters: of two words, or the capitals of one."""
    words = title.split()
    found = [word[0] for word in words] if len(words) > 1 else [c for c in title if c.isupper()]
    return "".join(found[:2]).upper() or title[:1].upper()


def contrasting(color: str) -> str:
    """Light letters on a dark colour, dark ones on a light (WCAG's relative luminance)."""
    red, green, blue = (_linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return LIGHT if luminance < 0.179 else DARK  # where both contrast alike


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


def _largest(
    draw: ImageDraw.ImageDraw, letters: str
) -> tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, tuple[float, float, float, float]]:
    """The largest font in which the letters fit, and the box that they fill."""
    from PIL import ImageFont

    for size in FONT_SIZES:
        font = ImageFont.load_default(size)
        box = draw.textbbox((0, 0), letters, font=font)
        if box[2] - box[0] <= LOGO and box[3] - box[1] <= LOGO:
            break
    return font, box
