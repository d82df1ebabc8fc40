// A proxy as it stands before many a trading desk: passes HTTP on and refuses every WebSocket.
import { createServer, request } from 'node:http';

/**
 * @param {string} target
 * @returns {Promise<{ url: string, refused: () => number, close: () => void }>}
 */
export function noUpgradeProxy(target) {
  let refused = 0;
  const proxy = createServer((incoming, outgoing) => {
    const forward = request(
      new URL(incoming.url, target),
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode, answer.headers);
        answer.pipe(outgoing);
        answer.on('error', () => outgoing.destroy());
      },
    );
    forward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forward.destroy());
    incoming.pipe(forward);
  });
  proxy.on('upgrade', (_request, socket) => {
    refused += 1;
    socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  return new Promise((resolve) => {
    proxy.listen(0, '127.0.0.1', () =>
      resolve({
        url: `http://127.0.0.1:${proxy.address().port}`,
        refused: () => refused,
        close: () => {
          proxy.closeAllConnections();
          proxy.close();
        },
      }),
    );
  });
}
