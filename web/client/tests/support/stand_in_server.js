// A server that follows a test's orders, for things that the real one never does to a client that
// behaves: close codes, refusals in a row, messages of a newer version.

import { createServer } from 'node:http';
import { WebSocketServer } from 'ws';

export const snapshot = (id, tickers = ['A'], more = {}) => ({
  type: 'snapshot',
  session_id: id,
  epoch: 'E',
  feed: 'live',
  tickers,
  quotes: [],
  ...more,
});

/**
 * @param {object} behaviour
 * @param {(request: { method: string, path: string, body: any, number: number }) => { status:
 *     number, headers?: object, body?: object } | undefined}
 *     [behaviour.answer] undefined = as the real one, 'never' = none; number counts the requests of
 *     that method
 * @param {(socket: import('ws').WebSocket, id: string, number: number) => void} [behaviour.stream]
 *     undefined = refused by 503, 'never' = not answered
 * @param {(response: import('node:http').ServerResponse, id: string, lastEventId: string |
 *     undefined) => void} [behaviour.events]
 */
async function startStandIn({ answer = () => undefined, stream, events }) {
  const requests = [];
  const counts = {};
  let sessions = 0;
  let streams = 0;

  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = text === '' ? undefined : JSON.parse(text);
    const { method, url: path } = request;
    counts[method] = (counts[method] ?? 0) + 1;
    const isStream = path.startsWith('/v1/stream/');
    requests.push({ method, path, body });
    if (isStream && events) {
      events(response, path.split('/')[3], request.headers['last-event-id']);
      return;
    }
    const given = answer({ method, path, body, number: counts[method] });
    if (given === 'never') return;
    const { status, headers = {}, body: answered } = given ?? usual(method, path, body);
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(answered === undefined ? '' : JSON.stringify(answered));
  });

  function usual(method, path, body) {
    const tickers = body?.tickers ?? ['A'];
    const id = method === 'POST' ? `session-${++sessions}` : path.split('/')[3];
    if (method === 'DELETE') return { status: 204 };
    return {
      status: method === 'POST' ? 201 : 200,
      body: { session_id: id, tickers, throttle_ms: body?.throttle_ms ?? 0 },
    };
  }

  const unanswered = new Set();
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    requests.push({ method: 'UPGRADE', path: request.url });
    socket.on('error', () => {}); // a client that was refused might reset it
    if (stream === undefined) {
      socket.end(
        'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
      );
      return;
    }
    if (stream === 'never') {
      unanswered.add(socket);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      stream(webSocket, request.url.split('/')[3], ++streams);
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    count: (method) => requests.filter((each) => each.method === method).length,
    close() {
      for (const socket of sockets.clients) socket.terminate();
      for (const socket of unanswered) socket.destroy();
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}

/** Runs `body` with one, which is gone afterwards. */
export async function withStandIn(behaviour, body) {
  const standIn = await startStandIn(behaviour);
  try {
    return await body(standIn);
  } finally {
    await standIn.close();
  }
}
