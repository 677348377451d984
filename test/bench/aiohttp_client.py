"""Chat streams as the Python tools of the field read them: aiohttp_client.py <url> <connections> <seconds> prints the number of events."""
import asyncio
import json
import sys
import time

import aiohttp

URL, CONNECTIONS, SECONDS = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
BODY = {"model": "bench", "stream": True, "messages": [{"role": "user", "content": "hello"}]}


async def main():
    events, until = 0, time.monotonic() + SECONDS

    async def user(session):
        nonlocal events
        while time.monotonic() < until:
            async with session.post(URL, json=BODY) as reply:
                async for line in reply.content:
                    if line.startswith(b"data: {") and json.loads(line[6:])["choices"][0]["delta"].get("content"):
                        events += 1

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        await asyncio.gather(*(user(session) for _ in range(CONNECTIONS)))
    print(events)


asyncio.run(main())
