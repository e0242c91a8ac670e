"""A shoot with a marked key from standard input, as the worker gets it: ENDPOINT FOLDER. Logs all it can."""

import asyncio
import contextlib
import json
import logging
import sys
import traceback
from pathlib import Path

from second_unit.errors import describe
from second_unit.providers.keys import hand_over, keys_from
from second_unit.providers.provider import Finished
from second_unit.providers.registry import open_provider
from tests.providers.ordering import make_order, picture


async def shoot(endpoint: str, folder: Path) -> None:
    provider = open_provider("seedance", endpoint=endpoint)
    order = make_order(picture(folder), job="marked")
    told = None

    async def report(*_: object) -> None: ...

    errors = []
    for number in range(5):  # the test has laid a fault in the way of each
        try:
            await provider.submit(order.model_copy(update={"job": f"marked-{number}"}))
        except Exception as error:
            errors.append(json.dumps(describe(error)) + traceback.format_exc())
    (folder / "errors.jsonl").write_text("\n".join(errors))
    accepted = await provider.submit(order)
    for _ in range(200):
        with contextlib.suppress(Exception):
            told = await provider.progress(accepted, order)
        if isinstance(told, Finished):
            break
        await asyncio.sleep(0.05)
    await provider.download(told, folder / "take.mp4", order, report)
    (folder / "answer.json").write_text(told.model_dump_json())
    print("ready", flush=True)
    sys.stdin.readline()
    await provider.close()


def main(endpoint: str, folder: str) -> None:
    logging.basicConfig(filename=f"{folder}/log.txt", level=logging.DEBUG)
    hand_over(keys_from(sys.stdin))
    asyncio.run(shoot(endpoint, Path(folder)))


if __name__ == "__main__":
    main(*sys.argv[1:])
