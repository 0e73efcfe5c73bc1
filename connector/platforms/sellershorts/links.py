"""Where can a buyer's file be fetched without a key, and until when?"""

from __future__ import annotations

from connector.core.model import FILE, Operation
from connector.platforms.addresses import DAY
from connector.platforms.sellershorts.outputs import Paper
from connector.platforms.site import Site


def link(site: Site, op: Operation, paper: Paper) -> str | None:
    """An https address that opens this one file for as long as it is kept; None where we have no
    such address: SellerShorts takes no http ("Polling", security considerations)."""
    if isinstance(paper.content, bytes):
        return None
    id = str(paper.content[FILE])
    kept = (op.finished_at or 0.0) + site.engine.parts.result_days * DAY
    token = site.addresses.token("file", id, max(kept, site.addresses.until(op)))
    url = site.addresses.at(f"/v1/files/{id}", token=token)
    return url if url.startswith("https://") else None
