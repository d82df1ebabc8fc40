// A proxy that serves the server below a prefix, as those of docs/OPERATIONS.md do: calls, streams
// and upgrades.
import { createServer, request } from 'node:http';

/**
 * @param {string} target
 * @param {string} prefix such as /prices/
 * @returns {Promise<{ url: string, close: () => void }>}
 */
export function prefixProxy(target, prefix) {
  const pass = (incoming) =>
    request(new URL(incoming.url.slice(prefix.length - 1), target), {
      method: incoming.method,
      headers: incoming.headers,
    });
  const sockets = new Set();
  const proxy = createServer((incoming, outgoing) => {
    if (!incoming.url.startsWith(prefix)) {
      outgoing.writeHead(404).end();
      return;
    }
    const forward = pass(incoming);
    forward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    forward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forward.destroy());
    incoming.pipe(forward);
  });
  proxy.on('upgrade', (incoming, socket) => {
    if (!incoming.url.startsWith(prefix)) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.add(socket);
    const forward = pass(incoming);
    forward.on('upgrade', (answer, server, head) => {
      sockets.add(server);
      const fields = Object.entries(answer.headers)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('');
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${fields}\r\n`);
      socket.write(head);
      socket.pipe(server).pipe(socket);
      for (const one of [socket, server])
        one.on('error', () => {
          socket.destroy();
          server.destroy();
        });
    });
    forward.on('error', () => socket.destroy());
    forward.end();
  });
  return new Promise((resolve) => {
    proxy.listen(0, '127.0.0.1', () =>
      resolve({
        url: `http://127.0.0.1:${proxy.address().port}${prefix}`,
        close: () => {
          for (const socket of sockets) socket.destroy();
          proxy.closeAllConnections();
          proxy.close();
        },
      }),
    );
  });
}
