"""moto's S3 server as a process of its own: prints its port, serves until it is killed."""

import socket
import sys

from moto.server import ThreadedMotoServer


def main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    print(port, flush=True)
    sys.stdin.readline()
    server.stop()


if __name__ == "__main__":
    main()
