// The stand-in's socket ends as k6's does by its source (1.6 to 2.2), on which close_rule.js
// relies.
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { test } from 'node:test';

import { withBadServer } from './bad_server.js';
import http from './stand_in/http.js';
import { WebSocket } from './stand_in/websockets.js';

const params = { tags: { name: 'stream' } };

/**
 * The socket's events, in their order, when the server does `act` after our first message or, if
 * `close`, instead of answering our close.
 */
async function seen(act, close = false, ways = {}) {
  const opened = (stream, socket) => {
    stream.on('message', () => act(stream, socket));
    if (close && act !== null) {
      stream.close = () => act(stream, socket);
    }
  };
  const events = [];
  await withBadServer(
    () => [],
    async (address) => {
      const body = JSON.stringify({ tickers: ['A'], throttle_ms: 0 });
      const session = await (
        await fetch(`${address}/v1/sessions`, { method: 'POST', body })
      ).json();
      const socket = new WebSocket(
        address.replace('http', 'ws') + session.stream_url,
        null,
        params,
      );
      await new Promise((done) => {
        socket.onopen = () => (close ? socket.close(1000) : socket.send('begin'));
        socket.onerror = () => events.push('error');
        socket.onclose = (event) => done(events.push(event.code));
      });
    },
    { opened, ...ways },
  );
  return events;
}

test('AClose_ByACloseFrame_HasItsCodeAfterAnErrorUnlessItIsOrderly', async () => {
  assert.deepEqual(await seen((stream) => stream.close(1000)), [1000]);
  assert.deepEqual(await seen((stream) => stream.close(1001)), [1001]);
  assert.deepEqual(await seen((stream) => stream.close(4000)), ['error', 4000]);
  assert.deepEqual(await seen(null, true), [1000]);
});

test('AClose_ByEndOfFile_Is1006AfterAnError', async () => {
  assert.deepEqual(await seen((_stream, socket) => socket.end()), ['error', 1006]);
  assert.deepEqual(await seen((_stream, socket) => socket.end(), true), ['error', 1006]);
});

test('AClose_ByReset_HasTheCodeOfOurOwnOrNone', async () => {
  assert.deepEqual(await seen((_stream, socket) => socket.resetAndDestroy()), [undefined]);
  assert.deepEqual(await seen((_stream, socket) => socket.resetAndDestroy(), true), [1000]);
});

test('AHandshake_ThatFails_HasAnErrorAndNoCode', async () => {
  assert.deepEqual(await seen(null, false, { refuse: true }), ['error', undefined]);
});

test('ARequest_ThatIsNotAnswered_EndsByItsTimeout', async () => {
  const mute = createServer(() => {});
  await new Promise((done) => mute.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${mute.address().port}/`;
  const answer = await http.asyncRequest('GET', url, null, {
    tags: { name: 'mute' },
    timeout: '200ms',
  });
  mute.close();
  assert.equal(answer.status, 0);
  assert.match(answer.error, /abort/i);
});
