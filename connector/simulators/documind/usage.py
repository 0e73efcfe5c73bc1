"""What has been used this month? The body of ``GET /usage/current``.

The simulator has no quotas: the limits are the documentation's example and never reached.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from connector.simulators.documind.extractions import moment, stamp

LIMITS = {
    "api_calls_limit": 10_000,
    "extractions_limit": 5_000,
    "tokens_limit": 1_000_000,
    "storage_bytes_limit": 1_073_741_824,
}
USER = "1c7e9d24-8f3b-4a6d-b0e5-7a2f4c9d6e18"


def usage(now: float, calls: int, extractions: int, stored: int) -> dict[str, Any]:
    """``stored`` is bytes; periods are calendar months."""
    today = moment(now)
    start = today.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = (start + timedelta(days=32)).replace(day=1)
    period = {"start": stamp(start.timestamp()), "end": stamp(end.timestamp())}
    return {
        "user_id": USER,
        "subscription": {
            "tier_name": "Professional",
            "tier_id": "professional",
            "is_active": True,
            "start_date": period["start"],
            "end_date": None,
        },
        "limits": LIMITS,
        "current_usage": {
            "api_calls_count": calls,
            "extractions_count": extractions,
            "tokens_used": 0,
            "storage_bytes": stored,
        },
        "period": {**period, "days_remaining": (end - today).days},
        "quota_exceeded": False,
    }
