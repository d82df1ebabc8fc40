// A server that breaks the contract, for the thresholds that a good one can't be brought to fail.
import { createServer } from 'node:http';

import { WebSocketServer } from 'ws';

/**
 * Runs `body` with the server's address.
 * @param frames (id) => the frames of a stream
 * @param {{ refuse?: boolean, delayMs?: number, suffix?: string, universe?: string[], opened?:
 *     (stream, socket) => void,
 *   created?: (asked) => void }} ways
 *   refuse = no upgrade succeeds; delayMs = before an upgrade; suffix = of stream_url; opened =
 *   after the frames
 */
export async function withBadServer(frames, body, ways = {}) {
  const sessions = new Map(); // ID to its stream, or null
  let made = 0;
  const answer = async (request) => {
    if (request.method === 'POST') {
      const asked = JSON.parse(await textOf(request));
      const id = `ID${made++}`;
      ways.created?.(asked);
      sessions.set(id, null);
      return [
        201,
        {
          session_id: id,
          tickers: ['A'],
          throttle_ms: asked.throttle_ms,
          stream_url: `/v1/stream/${id}${ways.suffix || ''}`,
        },
      ];
    }
    request.resume();
    if (request.url === '/v1/tickers') {
      return [200, { tickers: ways.universe || ['A', 'B'] }];
    }
    const id = request.url.split('/').pop();
    const known = sessions.has(id);
    if (known && request.method === 'DELETE') {
      sessions.get(id)?.close(4000);
      sessions.delete(id);
      return [204, null];
    }
    return known ? [200, { session_id: id }] : [404, { code: 'no_such_session' }];
  };
  const server = createServer(async (request, response) => {
    const [status, json] = await answer(request);
    response
      .writeHead(status, { 'Content-Type': 'application/json' })
      .end(json === null ? '' : JSON.stringify(json));
  });
  const streams = new WebSocketServer({ noServer: true });
  server.on('upgrade', async (request, socket, head) => {
    socket.on('error', () => {}); // a client might give up first
    await new Promise((done) => setTimeout(done, ways.delayMs || 0));
    const id = request.url.split('/').pop();
    if (ways.refuse || !sessions.has(id)) {
      socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    streams.handleUpgrade(request, socket, head, (stream) => {
      sessions.set(id, stream);
      for (const frame of frames(id)) {
        stream.send(JSON.stringify(frame));
      }
      ways.opened?.(stream, socket);
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  try {
    await body(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function textOf(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
  }
  return text;
}
