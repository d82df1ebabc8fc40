// A proxy that understands HTTP, as a company's does, and holds streams back: it gathers an answer
// until it ends, or lets a WebSocket be opened and nothing through.

import http from 'node:http';
import { connect } from 'node:net';

/** @param {number} code 1005 = a frame without one */
function closeFrame(code) {
  return Buffer.from(code === 1005 ? [0x88, 0] : [0x88, 2, code >> 8, code & 0xff]);
}

/**
 * Runs `body` with one before the server at `port`, which is gone afterwards.
 * `events`: pass | until_end (its head too) | body | rest (all after the first event) |
 * by how many milliseconds each is late; `sockets`: pass | refuse | mute |
 * a code by which they are closed when they are open
 */
export async function withHoldingProxy(port, rules, body) {
  const proxy = {
    events: 'pass',
    sockets: 'pass',
    ...rules,
    url: '',
    opened: { events: 0, sockets: 0 },
  };
  const tunnels = new Set();
  const server = http.createServer((request, response) => {
    const { method, url: path, headers } = request;
    const onward = http.request(
      { port, host: '127.0.0.1', method, path, headers: { ...headers, connection: 'close' } },
      (answer) => {
        const isStream = path.includes('/v1/stream/');
        if (isStream) proxy.opened.events += 1;
        if (isStream && typeof proxy.events === 'number') {
          response.writeHead(answer.statusCode, answer.headers).flushHeaders();
          answer.on('data', (chunk) => setTimeout(() => response.write(chunk), proxy.events));
          return;
        }
        if (!isStream || proxy.events === 'pass') {
          answer.pipe(response.writeHead(answer.statusCode, answer.headers));
          return;
        }
        if (proxy.events === 'rest') {
          answer.once('data', (chunk) =>
            response.writeHead(answer.statusCode, answer.headers).write(chunk),
          );
        }
        if (proxy.events === 'body')
          response.writeHead(answer.statusCode, answer.headers).flushHeaders();
        answer.resume().on('end', () => response.end());
      },
    );
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  server.on('upgrade', (request, socket) => {
    socket.on('error', () => {});
    proxy.opened.sockets += 1;
    if (proxy.sockets === 'refuse') {
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    const upstream = connect(port, '127.0.0.1');
    for (const end of [socket, upstream]) {
      tunnels.add(end);
      end.on('error', () => {}).on('close', () => tunnels.delete(end));
    }
    const fields = request.rawHeaders
      .map((text, at) => (at % 2 ? `${text}\r\n` : `${text}: `))
      .join('');
    upstream.write(`GET ${request.url} HTTP/1.1\r\n${fields}\r\n`);
    socket.pipe(upstream);
    if (proxy.sockets === 'pass') upstream.pipe(socket);
    else
      upstream.once('data', (chunk) => {
        socket.write(chunk.subarray(0, chunk.indexOf('\r\n\r\n') + 4));
        if (typeof proxy.sockets === 'number') socket.end(closeFrame(proxy.sockets));
      });
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  proxy.url = `http://127.0.0.1:${server.address().port}`;
  try {
    return await body(proxy);
  } finally {
    for (const end of tunnels) end.destroy();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}
