"""A WebSocket server of another make, for the integration test: Debian's python3-websockets.

Echoes text and binary. {"count": n} is answered by n messages, {"close": code} by a close frame, {"drop": true} by a dropped
connection, {"big": bytes} by one large message. Prints its port, then one line of counts when its input ends.
"""
import asyncio
import json
import sys

import websockets

counts = {"connections": 0, "messages": 0, "closed": {}}


async def talk(socket, path=None):
    counts["connections"] += 1
    try:
        async for message in socket:
            counts["messages"] += 1
            await answer(socket, message)
    except websockets.ConnectionClosed:
        pass
    finally:
        await socket.wait_closed()
        code = str(socket.close_code)
        counts["closed"][code] = counts["closed"].get(code, 0) + 1


async def answer(socket, message):
    asked = parsed(message)
    if "count" in asked:
        for number in range(asked["count"]):
            await socket.send(json.dumps({"n": number, "last": number + 1 == asked["count"]}))
    elif "close" in asked:
        await socket.close(asked["close"], "as asked")
    elif "drop" in asked:
        socket.transport.abort()
    elif "big" in asked:
        await socket.send("x" * asked["big"])
    elif "fragments" in asked:
        await socket.send(iter(asked["fragments"]))
    else:
        await socket.send(message)


def parsed(message):
    try:
        value = json.loads(message)
    except (ValueError, UnicodeDecodeError):
        return {}
    return value if isinstance(value, dict) else {}


async def main():
    # Compression is on by default here: it is used by whoever offers it.
    async with websockets.serve(talk, "127.0.0.1", 0, subprotocols=["chat.v2"], ping_interval=0.05, ping_timeout=5) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print(json.dumps(counts), flush=True)


asyncio.run(main())
