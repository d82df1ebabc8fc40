// The reader on a real server's frames: arrived and conflated ticks add up to those that were
// pushed.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import Ws from 'ws';

import { StreamReader } from '../lib/stream_reader.js';
import { skip, withServer } from './server.js';

async function asked(method, url, body, type = 'application/json') {
  const response = await fetch(url, { method, body, headers: { 'Content-Type': type } });
  assert.ok(response.ok, `${method} ${url}: ${response.status}`);
  return response.json();
}

/** Reads the stream until `until(reader, sums)`; faults end it at once. */
function follow(server, session, until) {
  const reader = new StreamReader(session.session_id, session.tickers, session.throttle_ms);
  const socket = new Ws(server.publicUrl.replace('http', 'ws') + session.stream_url);
  const sums = { ticks: 0, conflated: 0, frames: 0, latencies: [] };
  const ended = new Promise((done, failed) => {
    socket.on('message', (data) => {
      const read = reader.take(data.toString(), performance.timeOrigin + performance.now());
      sums.ticks += read.ticks;
      sums.conflated += read.conflated;
      sums.frames += read.type === 'ticks' ? 1 : 0;
      if (read.ticks > 0) {
        sums.latencies.push(read.oldestMs);
      }
      if (read.faults.length > 0) {
        failed(new Error(`${read.faults}: ${data}`));
      } else if (until(reader, sums)) {
        socket.close();
        done(sums);
      }
    });
    socket.on('close', () => failed(new Error('the stream ended')));
    setTimeout(
      () => failed(new Error(`not there within a minute: ${JSON.stringify(sums)}`)),
      60000,
    ).unref();
  });
  // Behind the reader's own listener: or it would begin with the frame after the snapshot, a
  // heartbeat's time later.
  const begun = Promise.race([
    ended,
    new Promise((done) => socket.on('message', () => reader.hadSnapshot && done())),
  ]);
  return { begun, ended, socket };
}

describe('real frames', { skip }, () => {
  test('PushedTicks_UnderAThrottle_ArriveOrAreCountedAsConflated', async () => {
    await withServer(['--feed', 'push'], async (server) => {
      const create = JSON.stringify({ tickers: ['AAA', 'BBB'], throttle_ms: 300 });
      const session = await asked('POST', `${server.publicUrl}/v1/sessions`, create);
      const all = (reader) => reader.lastN.get('AAA') === 40 && reader.lastN.get('BBB') === 20;
      const stream = follow(server, session, all);
      await stream.begun;
      for (let push = 1; push <= 20; push += 1) {
        const lines = ['AAA', 'BBB', 'AAA'].map((s) => JSON.stringify({ s, p: push })).join('\n');
        await asked('POST', `${server.adminUrl}/v1/ticks`, lines, 'application/x-ndjson');
      }
      const sums = await stream.ended;
      assert.equal(sums.ticks + sums.conflated, 60);
      // 20 of the bodies' own.
      assert.ok(sums.conflated >= 20, 'two ticks of one body are one');
      assert.ok(
        sums.latencies.every((ms) => ms > -5 && ms < 60000),
        String(sums.latencies),
      );
    });
  });

  test('ASubscriptionThatChanges_IsFollowedWithoutAFault', async () => {
    await withServer([], async (server) => {
      const create = JSON.stringify({ tickers: ['AAPL', 'MSFT'] });
      const session = await asked('POST', `${server.publicUrl}/v1/sessions`, create);
      const enough = (reader, sums) =>
        reader.subscribedFrames === 3 && reader.awaited.size === 0 && sums.ticks > 30;
      const stream = follow(server, session, enough);
      await stream.begun;
      stream.socket.send(JSON.stringify({ op: 'subscribe', tickers: ['NVDA', 'TSLA', 'AMZN'] }));
      stream.socket.send(JSON.stringify({ op: 'unsubscribe', tickers: ['MSFT', 'NVDA'] }));
      stream.socket.send(JSON.stringify({ op: 'subscribe', tickers: ['MSFT', 'GOOGL'] }));
      const sums = await stream.ended;
      assert.ok(sums.frames > 0);
    });
  });
});
