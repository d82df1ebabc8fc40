// Starts the server that TICKCAST_BIN names, for the tests, and pushes ticks into it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';

const binary = process.env.TICKCAST_BIN;
assert.ok(binary, 'TICKCAST_BIN must name the server');

/** @param {string[]} flags @param {number} port of the public listener */
export async function startServer(flags = [], port = 0) {
  const child = spawn(
    binary,
    [
      '--listen',
      `127.0.0.1:${port}`,
      '--admin-listen',
      '127.0.0.1:0',
      '--threads',
      '1',
      '--log-level',
      'error',
      ...flags,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const gone = new Promise((done) => child.on('exit', done));
  const { url, adminUrl } = await listening(child);
  return {
    url,
    adminUrl,
    port: Number(new URL(url).port),
    pid: child.pid,
    gone,
    kill(signal = 'SIGKILL') {
      child.kill(signal);
      return gone;
    },
    /** @param {object[]} ticks one body: only the newest of a ticker goes out */
    async push(...ticks) {
      const response = await fetch(`${adminUrl}/v1/ticks`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(ticks),
      });
      assert.equal(response.status, 202, await response.text());
    },
    async metric(name) {
      const text = await (await fetch(`${adminUrl}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${name} `));
      return line === undefined ? undefined : Number(line.slice(name.length + 1));
    },
  };
}

function listening(child) {
  return new Promise((done, failed) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /^public (\S+)\nadmin (\S+)\n/m.exec(text);
      if (found) done({ url: found[1], adminUrl: found[2] });
    });
    child.on('exit', (code) => failed(new Error(`the server ended with ${code}`)));
  });
}

/** Runs `body` with a server, which is gone afterwards. */
export async function withServer(flags, body) {
  const server = await startServer(flags);
  try {
    return await body(server);
  } finally {
    await server.kill();
  }
}
