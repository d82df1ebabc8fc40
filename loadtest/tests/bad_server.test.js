// A server that breaks the contract, for the thresholds that a good one can't be brought to fail.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';

import { WebSocketServer } from 'ws';

import { count, failed, runScript } from './server.js';

/** Runs `body` with the address of a server whose streams get the frames that `frames(id)` says. */
async function withBadServer(frames, body, accept = true) {
    const server = createServer((request, response) => {
        request.resume();
        const id = 'ID';
        const answers = {
            'GET /v1/tickers': [200, { tickers: ['A'] }],
            'POST /v1/sessions': [201, { session_id: id, tickers: ['A'], stream_url: `/v1/stream/${id}` }],
        };
        const [status, answer] = answers[`${request.method} ${request.url}`] || [200, { session_id: id }];
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
    });
    const streams = new WebSocketServer({ noServer: true });
    server.on('upgrade', (request, socket, head) => {
        if (!accept) {
            socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n');
            return;
        }
        streams.handleUpgrade(request, socket, head, (stream) => {
            for (const frame of frames('ID')) {
                stream.send(JSON.stringify(frame));
            }
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

const knobs = { VUS: '2', RAMP: '0s', HOLD: '2s', DOWN: '0s', TICKERS: '1', SLACK: '100', ADMIN_URL: '' };
const snapshot = (id, more = {}) => ({ type: 'snapshot', session_id: id, epoch: 'E', feed: 'live', tickers: ['A'], quotes: [], ...more });
const ticks = (n, aheadMs = 0) => ({ type: 'ticks', ticks: [{ s: 'A', t: (Date.now() + aheadMs) * 1000, n }] });

test('ATickBeforeTheSnapshotAndANumberThatFalls_FailByProtocolErrors', async () => {
    await withBadServer((id) => [ticks(1), snapshot(id), ticks(9), ticks(4)], async (address) => {
        const { status, text, report } = await runScript('spike', { ...knobs, BASE_URL: address });
        assert.equal(status, 99, text);
        assert.deepEqual(failed(report), ['protocol_errors'], text);
        assert.equal(count(report, 'protocol_errors'), 4);
        assert.equal(count(report, 'ticks_conflated'), 16);
    });
});

test('TicksFromTheFuture_FailByClockSkew', async () => {
    await withBadServer((id) => [snapshot(id), ticks(1, 60000), ticks(2, -20)], async (address) => {
        const { status, text, report } = await runScript('spike', { ...knobs, BASE_URL: address });
        assert.equal(status, 99, text);
        assert.deepEqual(failed(report), ['clock_skew'], text);
        assert.equal(count(report, 'clock_skew'), 2);
    });
});

test('AStreamWithoutASnapshot_IsSilent', async () => {
    await withBadServer(() => [], async (address) => {
        const { status, text, report } = await runScript('spike', { ...knobs, BASE_URL: address, HOLD: '7s' });
        assert.equal(status, 99, text);
        assert.deepEqual(failed(report), ['silent_streams', 'snapshots', 'ticks'], text);
        assert.match(text, /silent stream: no snapshot in/);
    });
});

test('AnUpgradeThatIsRefused_FailsByHandshakes', async () => {
    await withBadServer(() => [], async (address) => {
        const { status, text, report } = await runScript('spike', { ...knobs, BASE_URL: address });
        assert.equal(status, 99, text);
        assert.deepEqual(failed(report), ['handshakes_failed', 'snapshots', 'streams_opened', 'ticks'], text);
    }, false);
});
