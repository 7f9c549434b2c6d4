"""An API that takes 50 ms for a campaign and nothing of our processor: ``… PORT``."""

import asyncio
import json
import re
import sys
from base64 import b64encode
from itertools import count

SECONDS = 0.05
_NUMBERS = count(1)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    await reader.readexactly(int(length[1]) if length else 0)
    await asyncio.sleep(SECONDS)
    made = {
        "campaign_id": b64encode(f"VoiceCampaign:{next(_NUMBERS)}".encode()).decode(),
        "campaign_name": "A campaign",
        "campaign_type": "OUTBOUND",
        "campaign_status": "DRAFT",
    }
    body = json.dumps({"status": "success", "data": made}).encode()
    writer.write(
        b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nConnection: close\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    )
    await writer.drain()
    writer.close()


async def _serve(port: int) -> None:
    async with await asyncio.start_server(_answer, "127.0.0.1", port, backlog=1000) as server:
        print("ready", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))
