// Every script against a real server on the stand-in of k6: a good server passes, and each
// threshold fails where it should.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import {
  allStreaming,
  count,
  failed,
  runScript,
  serversLatencies,
  skip,
  withServer,
} from './server.js';

// Times are judged elsewhere: here the machine might be busy with anything.
const quick = {
  VUS: '8',
  RAMP: '1s',
  HOLD: '7s',
  DOWN: '1s',
  TICKERS: '4',
  SLACK: '100',
  ADMIN_URL: '',
};
// Longer than a user of churn pauses before its return.
const soonZero = ['--detached-seconds', '5'];

const run = (script, server, more = {}) =>
  runScript(script, { ...quick, BASE_URL: server.publicUrl, ...more });

/** Runs a script that must fail by exactly these thresholds. */
async function mustFail(script, server, more, metrics) {
  const { status, text, report } = await run(script, server, more);
  assert.equal(status, 99, text);
  assert.deepEqual(failed(report), metrics.slice().sort(), text);
  assert.equal(report.passed, false);
  assert.match(text, /: FAILED \(\d+ thresholds\)/);
  return report;
}

describe('scripts', { skip, concurrency: 3 }, () => {
  for (const script of ['smoke', 'spike', 'capacity', 'soak', 'churn']) {
    test(`${script}_OnAGoodServer_PassesAndLeavesItAtZero`, async () => {
      await withServer(soonZero, async (server) => {
        const more = { ADMIN_URL: server.adminUrl, VISIT: '3s' };
        const { status, text, report } = await run(script, server, more);
        assert.equal(status, 0, text);
        assert.equal(report.passed, true);
        assert.match(text, /: PASSED after/);
        assert.ok(count(report, 'sessions_created') >= 8);
        assert.equal(count(report, 'streams_opened'), count(report, 'streams_closed'));
        assert.ok(count(report, 'ticks') > 8);
        assert.ok(report.metrics.quote_latency.count > 8);
        assert.ok(report.metrics.generator_lag.count > 8);
        assert.equal(report.metrics.http_req_failed.rate, 0);
        assert.ok(count(report, 'stream_bytes') > 50 * count(report, 'ticks'));
        assert.ok(
          (await serversLatencies(server)) >= count(report, 'unthrottled_frames'),
          'the server measures too',
        );
      });
    });
  }

  test('Streams_SeveralToAVu_AreAllPlayed', async () => {
    await withServer([], async (server) => {
      const { status, text, report } = await run('spike', server, {
        VUS: '12',
        STREAMS_PER_VU: '4',
        THROTTLE_MS: '200',
      });
      assert.equal(status, 0, text);
      assert.equal(count(report, 'sessions_created'), 12);
      assert.ok(count(report, 'ticks_conflated') > 0, 'a throttle conflates');
    });
  });

  test('AServerThatIsFull_FailsTheCreations', async () => {
    await withServer(['--max-sessions', '5'], async (server) => {
      const report = await mustFail('spike', server, {}, [
        'http_req_failed',
        'sessions_failed',
        'sessions_created',
        'streams_opened',
        'snapshots',
      ]);
      assert.equal(count(report, 'sessions_created'), 5);
    });
  });

  test('AServerThatDies_FailsByUnexpectedCloses', async () => {
    await withServer([], async (server) => {
      const killed = allStreaming(server, 8).then(() => server.child.kill('SIGKILL'));
      const lost = [
        'http_req_failed',
        'unexpected_closes',
        'unexpected_closes{code:1006}',
        'handshakes_failed',
      ];
      const report = await mustFail('spike', server, {}, lost);
      await killed;
      assert.equal(count(report, 'unexpected_closes{code:1006}'), 8);
    });
  });

  test('AServerThatDrains_FailsBy1001AndEachComesBackByItsHint', async () => {
    await withServer(['--drain-seconds', '2'], async (server) => {
      const sent = allStreaming(server, 8).then(() => server.child.kill('SIGTERM'));
      const lost = [
        'http_req_failed',
        'unexpected_closes',
        'unexpected_closes{code:1001}',
        'handshakes_failed',
      ];
      const report = await mustFail('spike', server, { HOLD: '12s' }, lost);
      await sent;
      assert.equal(count(report, 'unexpected_closes{code:1001}'), 8);
    });
  });

  test('SessionsThatGetTooOld_FailUnlessExpectedAndAreMadeAnew', async () => {
    await withServer(['--max-session-age-seconds', '3'], async (server) => {
      await mustFail('spike', server, {}, ['unexpected_closes', 'unexpected_closes{code:4002}']);
      const { status, text, report } = await run('spike', server, { EXPECTED_CLOSES: '4002' });
      assert.equal(status, 0, text);
      assert.ok(count(report, 'sessions_created') > 8, text);
    });
  });

  test('AFeedWithoutATick_FailsBySilentStreams', async () => {
    await withServer(['--feed', 'push'], async (server) => {
      const report = await mustFail('spike', server, { TICKERS: 'AAPL,MSFT' }, [
        'silent_streams',
        'ticks',
        'unthrottled_frames',
      ]);
      assert.equal(count(report, 'silent_streams'), 8);
      const { status, text } = await run('spike', server, {
        TICKERS: 'AAPL',
        EXPECT_TICKS: 'false',
      });
      assert.equal(status, 0, text);
    });
  });

  test('AStreamWithoutAFrame_IsSilentEvenWhereNoTickIsExpected', async () => {
    await withServer(
      ['--feed', 'push', '--heartbeat-seconds', '60', '--stale-seconds', '60'],
      async (server) => {
        const mute = { TICKERS: 'AAPL', EXPECT_TICKS: 'false', SILENT: '3s' };
        await mustFail('spike', server, mute, ['silent_streams']);
      },
    );
  });

  test('AServerThatIsSlow_FailsByItsTimes', async () => {
    await withServer([], async (server) => {
      await mustFail('spike', server, { SLACK: '0.0001', THROTTLE_MS: '0' }, [
        'session_creation',
        'time_to_snapshot',
        'quote_latency',
      ]);
    });
  });

  test('WhatIsLeftBehind_FailsByBackAtZero', async () => {
    await withServer(['--detached-seconds', '60'], async (server) => {
      await mustFail('spike', server, { ADMIN_URL: server.adminUrl, ZERO_WITHIN: '3s' }, [
        'back_at_zero',
      ]);
    });
  });

  test('ARunThatCannotBegin_IsAborted', async () => {
    const nobody = await runScript('smoke', { ...quick, BASE_URL: 'http://127.0.0.1:1' });
    assert.equal(nobody.status, 108);
    assert.match(nobody.text, /test aborted: GET http:\/\/127\.0\.0\.1:1\/v1\/tickers: 0 /);
    const wrong = await runScript('smoke', { ...quick, VUS: 'many' });
    assert.equal(wrong.status, 107);
    assert.match(wrong.text, /VUS: "many" is no whole number from 1 to 1000000/);
    await withServer(['--feed', 'push'], async (server) => {
      const empty = await run('smoke', server);
      assert.equal(empty.status, 108);
      assert.match(empty.text, /knows no tickers yet/);
    });
  });
});
