// Scripts against a server that breaks the contract: each must fail, and by its own threshold
// alone.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { withBadServer } from './bad_server.js';
import { count, failed, runScript } from './server.js';

const knobs = {
  VUS: '2',
  RAMP: '0s',
  HOLD: '2s',
  DOWN: '0s',
  TICKERS: '1',
  SLACK: '100',
  ADMIN_URL: '',
};
const snapshot = (id, more = {}) => ({
  type: 'snapshot',
  session_id: id,
  epoch: 'E',
  feed: 'live',
  tickers: ['A'],
  quotes: [],
  ...more,
});
const ticks = (n, aheadMs = 0) => ({
  type: 'ticks',
  ticks: [{ s: 'A', t: (Date.now() + aheadMs) * 1000, n }],
});
const good = (id) => [snapshot(id), ticks(1)];

/** Runs a script that must fail by exactly these thresholds; none = it must pass. */
async function ends(address, metrics, { script = 'spike', ...more } = {}) {
  const { status, text, report } = await runScript(script, {
    ...knobs,
    BASE_URL: address,
    ...more,
  });
  assert.equal(status, metrics.length > 0 ? 99 : 0, text);
  assert.deepEqual(failed(report), metrics.slice().sort(), text);
  return { text, report };
}

/** Runs against a server that `opened` makes end two good streams in a wrong way, of this code. */
async function endsBothStreams(opened, code) {
  let report;
  await withBadServer(
    good,
    async (address) => {
      ({ report } = await ends(address, ['unexpected_closes', `unexpected_closes{code:${code}}`]));
      assert.equal(count(report, 'unexpected_closes'), 2);
    },
    { opened },
  );
  return report;
}

describe('bad servers', { concurrency: 3 }, () => {
  test('ATickBeforeTheSnapshotAndANumberThatFalls_FailByProtocolErrors', async () => {
    await withBadServer(
      (id) => [ticks(1), snapshot(id), ticks(9), ticks(4)],
      async (address) => {
        const { report } = await ends(address, ['protocol_errors']);
        assert.equal(count(report, 'protocol_errors'), 4);
        assert.equal(count(report, 'ticks_conflated'), 16);
      },
    );
  });

  test('TicksFromTheFuture_FailByClockSkew', async () => {
    await withBadServer(
      (id) => [snapshot(id), ticks(1, 60000), ticks(2, -20)],
      async (address) => {
        const { report } = await ends(address, ['clock_skew']);
        assert.equal(count(report, 'clock_skew'), 2);
      },
    );
  });

  test('TicksThatAreLate_FailByTheUsersWithoutThrottleAlone', async () => {
    // Goals: 15 s, and 75 s with the throttle.
    const late = { VUS: '4', THROTTLE_MS: '60000', UNTHROTTLED: '2' };
    await withBadServer(
      (id) => [snapshot(id), ticks(1, -20000)],
      async (address) => {
        const { report } = await ends(address, ['quote_latency'], late);
        assert.equal(count(report, 'unthrottled_frames'), 2);
        assert.equal(report.metrics.quote_latency.count, 2);
        assert.equal(report.metrics.throttled_latency.count, 2);
      },
    );
    await withBadServer(
      (id) => [snapshot(id), ticks(1, -90000)],
      async (address) => {
        await ends(address, ['quote_latency', 'throttled_latency'], late);
        await ends(address, ['throttled_latency'], { ...late, UNTHROTTLED: '0' });
      },
    );
  });

  test('AStreamWithoutASnapshot_IsSilent', async () => {
    await withBadServer(
      () => [],
      async (address) => {
        const nothing = ['silent_streams', 'snapshots', 'ticks', 'unthrottled_frames'];
        const { text } = await ends(address, nothing, { HOLD: '7s', THROTTLE_MS: '0' });
        assert.match(text, /silent stream: no snapshot in/);
      },
    );
  });

  test('AnUpgradeThatIsRefused_FailsByHandshakes', async () => {
    await withBadServer(
      () => [],
      async (address) => {
        await ends(address, [
          'handshakes_failed',
          'snapshots',
          'streams_opened',
          'ticks',
          'unthrottled_frames',
        ]);
      },
      { refuse: true },
    );
  });

  test('AnEndOfFile_InsteadOfAnAnswerToOurClose_Is1006', async () => {
    const opened = (stream, socket) => {
      stream.close = () => socket.end();
    };
    const report = await endsBothStreams(opened, '1006');
    assert.equal(count(report, 'streams_closed'), 2);
  });

  test('NoAnswerToOurClose_IsUnanswered', async () => {
    const opened = (stream) => {
      stream.close = () => {};
    };
    await endsBothStreams(opened, 'unanswered');
  });

  test('AReset_OfAnOpenStream_Is1006', async () => {
    let resets = 0;
    const opened = (_stream, socket) => {
      resets += 1;
      if (resets <= 2) {
        setTimeout(() => socket.resetAndDestroy(), 100);
      }
    };
    await endsBothStreams(opened, '1006');
  });

  test('ADelete_ThatCouldOvertakeTheHandshake_WaitsForTheSnapshot', async () => {
    await withBadServer(
      good,
      async (address) => {
        // A visit is over before its stream is open; a user that takes another way than DELETE then
        // leaves without a snapshot.
        const { report, text } = await runScript('churn', {
          ...knobs,
          BASE_URL: address,
          VUS: '4',
          HOLD: '3s',
          VISIT: '100ms',
        });
        const others = ['snapshots', 'ticks', 'unthrottled_frames'];
        assert.ok(report, text);
        assert.deepEqual(
          failed(report).filter((metric) => !others.includes(metric)),
          [],
          text,
        );
        assert.ok(count(report, 'visits{way:delete}') >= 1);
        assert.ok(count(report, 'snapshots') >= 1);
      },
      { delayMs: 400 },
    );
  });

  test('TheBytesOfAllFrames_AreCounted', async () => {
    let bytes = 0;
    const counted = (id) => {
      const frames = good(id);
      bytes += frames
        .map((frame) => JSON.stringify(frame).length)
        .reduce((sum, length) => sum + length, 0);
      return frames;
    };
    await withBadServer(counted, async (address) => {
      const { report } = await ends(address, []);
      assert.equal(count(report, 'stream_bytes'), bytes);
    });
  });

  test('AUniverse_OfMoreThanIsKept_IsKnownToItsEnd', async () => {
    const universe = Array.from({ length: 1000 }, (_, at) => `T${1000 + at}`);
    const asked = new Set();
    const created = ({ tickers }) => tickers.forEach((ticker) => asked.add(ticker));
    await withBadServer(
      good,
      async (address) => {
        await ends(address, [], { TICKERS: '500' });
        assert.equal(asked.size, 500);
        assert.deepEqual(
          [asked.has('T1000'), asked.has('T1001'), asked.has('T1998')],
          [true, false, true],
        );
      },
      { universe, created },
    );
  });

  test('AnExceptionOfAUser_FailsByScriptErrors', async () => {
    // k6 refuses such an address by an exception.
    await withBadServer(
      good,
      async (address) => {
        const { report, text } = await ends(address, [
          'script_errors',
          'snapshots',
          'streams_opened',
          'ticks',
          'unthrottled_frames',
        ]);
        assert.equal(count(report, 'script_errors'), 2);
        assert.match(text, /script error: /);
      },
      { suffix: '#fragment' },
    );
  });

  test('AnExceptionOfAHandler_FailsByScriptErrors', async () => {
    // String() throws on such an epoch.
    await withBadServer(
      (id) => [snapshot(id, { epoch: { toString: 1 } })],
      async (address) => {
        const { report } = await ends(address, [
          'script_errors',
          'snapshots',
          'ticks',
          'unthrottled_frames',
        ]);
        assert.equal(count(report, 'script_errors'), 2);
        assert.equal(count(report, 'streams_closed'), 2);
      },
    );
  });
});
