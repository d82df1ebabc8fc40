// A TCP proxy before a server, which can refuse WebSocket upgrades as a company's proxy does, and
// cut connections.

import { createServer, connect } from 'node:net';

/** Runs `body` with one before the server at `port`, which is gone afterwards. */
export async function withProxy(port, body) {
  const proxy = await startProxy(port);
  try {
    return await body(proxy);
  } finally {
    await proxy.close();
  }
}

async function startProxy(port) {
  const sockets = new Set();
  const proxy = {
    url: '',
    blocksUpgrades: false,
    isOpen: true,
    refused: 0,
    requests: [],
    cut,
    freeze,
    thaw,
    close,
  };
  /**
   * The bytes kept back while it is frozen: nothing passes, and neither side notices.
   * @type {(() => void)[] | undefined}
   */
  let kept;

  const server = createServer((client) => {
    if (!proxy.isOpen) {
      client.destroy();
      return;
    }
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => {});
    }
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    upstream.on('data', (chunk) => pass(() => client.write(chunk)));
    upstream.on('end', () => pass(() => client.end()));
    client.on('data', (chunk) => {
      const head = chunk.toString('latin1');
      const request = /^[A-Z]+ \S+/.exec(head);
      if (request) proxy.requests.push(head);
      if (request && proxy.blocksUpgrades && /^upgrade: websocket/im.test(head)) {
        proxy.refused += 1;
        client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
        return;
      }
      pass(() => upstream.write(chunk));
    });
  });

  /** @param {() => void} write */
  function pass(write) {
    if (kept === undefined) write();
    else kept.push(write);
  }

  function freeze() {
    kept = [];
  }

  function thaw() {
    const all = kept ?? [];
    kept = undefined;
    all.forEach((write) => write());
  }

  /** Ends every connection by a reset. */
  function cut() {
    for (const socket of sockets) socket.resetAndDestroy();
  }

  function close() {
    cut();
    return new Promise((done) => server.close(done));
  }

  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  proxy.url = `http://127.0.0.1:${server.address().port}`;
  return proxy;
}
