"""TLS for the tests' clients: certificates made on the spot, and a socket that forgives nothing."""
import atexit
import functools
import os
import shutil
import socket
import ssl
import subprocess
import tempfile


def make_certificate(folder, name="server", key=("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")):
    """A self-signed certificate for localhost and 127.0.0.1: the paths of its PEM and its key."""
    certificate, key_file = (os.path.join(folder, name + end) for end in (".pem", ".key"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", *key, "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", key_file, "-out", certificate],
        check=True, capture_output=True)
    return certificate, key_file


@functools.lru_cache(maxsize=1)
def shared_certificate():
    """One for all tests that need nothing special."""
    folder = tempfile.mkdtemp(prefix="tickcast-tls-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return make_certificate(folder)


def context(certificate=None):
    """A client's context that trusts this certificate alone."""
    made = ssl.create_default_context(cafile=certificate or shared_certificate()[0])
    made.set_alpn_protocols(["http/1.1"])
    return made


class TlsSocket:
    """The socket calls that tests use, over TLS. An end without close_notify raises, as a cut
    does."""

    def __init__(self, plain, certificate=None, tls_context=None):
        self.plain = plain
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = (tls_context or context(certificate)).wrap_bio(
            self.incoming, self.outgoing, server_hostname="localhost")
        self._drive(self.tls.do_handshake)

    def _flush(self):
        if self.outgoing.pending:
            self.plain.sendall(self.outgoing.read())

    def _drive(self, step):
        while True:
            try:
                done = step()
                self._flush()
                return done
            except ssl.SSLWantReadError:
                self._flush()
                received = self.plain.recv(65536)
                self.incoming.write(received) if received else self.incoming.write_eof()

    def recv(self, size):
        try:
            return self._drive(lambda: self.tls.read(size))
        except ssl.SSLZeroReturnError:
            return b""  # close_notify

    def sendall(self, data):
        self.tls.write(data)
        self._flush()

    def shutdown(self, how):
        """A bare FIN, as of a client that is gone."""
        self.plain.shutdown(how)

    def close_notify(self):
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            self._flush()

    def setsockopt(self, *arguments):
        self.plain.setsockopt(*arguments)

    def settimeout(self, seconds):
        self.plain.settimeout(seconds)

    def getsockname(self):
        return self.plain.getsockname()

    def fileno(self):
        return self.plain.fileno()

    def close(self):
        self.plain.close()


def connect(address, **options):
    return TlsSocket(socket.create_connection(address, 10), **options)
