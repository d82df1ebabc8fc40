// The ends of one user's stream, on a server that can be brought to answer late.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import './stand_in/register.js';

import { withBadServer } from './bad_server.js';

const { stream } = await import('../lib/stream.js');
const { readKnobs } = await import('../lib/knobs.js');

test('AStream_ThatOpensWhenTimeIsUpButTheClockIsBehind_IsLeft', async (context) => {
  await withBadServer(
    () => [],
    async (address) => {
      const knobs = readKnobs({ BASE_URL: address }, {});
      const session = {
        sessionId: 'ID0',
        tickers: ['A'],
        throttleMs: 0,
        streamPath: '/v1/stream/ID0',
      };
      // Is ID0.
      await fetch(`${address}/v1/sessions`, { method: 'POST', body: '{"throttle_ms":0}' });
      const now = Date.now();
      context.mock.method(Date, 'now', () => now); // as a timer sees it that fires a little early
      const stillOpen = new Promise((_, failed) =>
        setTimeout(failed, 10000, new Error('still open')).unref(),
      );
      const end = await Promise.race([
        stream(session, knobs, { leaveAtMs: now + 50, endsWith: [] }),
        stillOpen,
      ]);
      assert.deepEqual([end.opened, end.ours, end.code], [true, true, 1000]);
    },
    { delayMs: 300 },
  );
});
