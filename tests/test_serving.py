"""Several processes on one port: what a client opens at once is shared among them."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections import Counter
from functools import partial

from api.serving import FairLoop

CONNECTIONS = 40


class _Counting(asyncio.Protocol):
    """Counts who was taken by whom; taking one keeps its server busy for a while, as a request would."""

    def __init__(self, taken: Counter[str], name: str) -> None:
        self.taken, self.name = taken, name

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.taken[self.name] += 1
        time.sleep(0.005)
        transport.abort()


def test_no_server_takes_all_the_connections_that_come_at_once() -> None:
    taken: Counter[str] = Counter()
    with socket.create_server(("127.0.0.1", 0)) as shared:
        loops = {name: FairLoop() for name in ("one", "other")}
        servers = [
            loop.run_until_complete(loop.create_server(partial(_Counting, taken, name), sock=shared.dup(), backlog=CONNECTIONS))
            for name, loop in loops.items()
        ]
        clients = [socket.create_connection(shared.getsockname(), timeout=10) for _ in range(CONNECTIONS)]  # all fit into the queue
        threads = [threading.Thread(target=loop.run_forever) for loop in loops.values()]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 20
        while taken.total() < CONNECTIONS and time.monotonic() < deadline:
            time.sleep(0.01)
        for loop in loops.values():
            loop.call_soon_threadsafe(loop.stop)
        for thread in threads:
            thread.join(10)
        for client in clients:
            client.close()
        for server, loop in zip(servers, loops.values(), strict=True):
            server.close()
            loop.run_until_complete(asyncio.sleep(0.01))
            loop.close()
    assert taken.total() == CONNECTIONS
    assert min(taken["one"], taken["other"]) >= CONNECTIONS // 5
