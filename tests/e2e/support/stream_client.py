"""What the clients of both transports have in common."""
import socket
import struct

from support.harness import SLACK


class StreamClient:
    """A transport has `socket`, `message`, and in `refused` the answer of a server that does not
    stream."""

    def __enter__(self):
        assert self.refused is None, self.refused
        return self

    def __exit__(self, *_):
        self.socket.close()

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def ticks(self, timeout=5.0):
        return self.message(timeout, "ticks")["ticks"]

    def snapshot(self):
        message = self.message()
        assert message["type"] == "snapshot", message
        return message

    def silent_for(self, seconds):
        """Fails if a message or a close frame comes within that time."""
        try:
            message = self.message(seconds / SLACK)
        except (TimeoutError, BlockingIOError):
            return
        raise AssertionError(f"not silent: {message}")
