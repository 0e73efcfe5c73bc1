"""Many documents wait for people at once, among many that are none of our business."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.providers.people import BILL, PARTIES, extract, items, review, waiting
from tests.providers.worlds import brisk, copy

OURS, OTHERS = 30, 200


def test_each_of_thirty_documents_ends_with_its_own_corrections(
    prepared: None, tmp_path: Path
) -> None:
    papers = [copy(tmp_path) for _ in range(OURS)]
    with (
        brisk(tmp_path, "documind", pace=0.4, seconds=0.0) as documind,
        ThreadPoolExecutor(4) as pool,
    ):
        for paper in (*papers[:10], copy(tmp_path)):  # of ten of ours there are others already
            extract(documind.system, paper, *[PARTIES] * (OTHERS // 20))
        extract(documind.system, copy(tmp_path, "receipt.pdf"), *[BILL] * (OTHERS * 9 // 20))
        assert len(items(documind.system, limit=1000)) == OTHERS

        ids = list(pool.map(lambda p: documind.ordered("extract", p, schema=BILL), papers))
        handles = {id: waiting(documind, id)["handle"] for id in ids}
        assert len(set(handles.values())) == OURS
        paid = {id: number + 0.25 for number, id in enumerate(ids)}
        for id in random.Random(7).sample(ids, OURS):
            review(documind, handles[id], total_amount=paid[id])
        found = {id: documind.ended(id)["result"]["results"] for id in ids}

    assert {id: each["total_amount"] for id, each in found.items()} == paid
    assert all(set(each) == set(BILL["named_entities"]) for each in found.values())
