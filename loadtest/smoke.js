// Smoke: does it work at all? A few users do both flows, and one walks through every call of the
// contract. A minute; run it first, and after every deploy.

import { check } from 'k6';
import { Counter } from 'k6/metrics';

import { call, createSession, names, sessionOf } from './lib/api.js';
import { toItsEnd } from './lib/guard.js';
import { loadTest } from './lib/load.js';
import { stream } from './lib/stream.js';
import { chooseTickers, visit } from './lib/user.js';

const walks = new Counter('contract_walks');

const test = loadTest({
  name: 'smoke',
  defaults: { VUS: '10', RAMP: '2s', HOLD: '30s' },
  goals: {
    creationP95: 100,
    creationP99: 250,
    snapshotP95: 150,
    snapshotP99: 300,
    latencyP95: 50,
    latencyP99: 150,
  },
  user: visit,
  scenarios: {
    contract: {
      executor: 'per-vu-iterations',
      vus: 1,
      iterations: 1,
      exec: 'contract',
      maxDuration: '60s',
    },
  },
  thresholds: () => ({ checks: ['rate==1'], contract_walks: ['count>=1'] }),
});

export const options = test.options;
export const setup = test.setup;
export const teardown = test.teardown;
export const handleSummary = test.handleSummary;
export default test.run;

/** @param {import('./lib/load.js').SetupData} data */
export function contract(data) {
  return toItsEnd(() => walk(data));
}

/** @param {import('./lib/load.js').SetupData} data */
async function walk(data) {
  const knobs = test.knobs;
  const tickers = chooseTickers(knobs, data.tickers);
  const made = await createSession(knobs.baseUrl, tickers, 0);
  const session = sessionOf(made);
  check(made, {
    'a creation is answered by 201': (answer) => answer.status === 201,
    'Location is the session': (answer) =>
      answer.location === `/v1/sessions/${answer.body.session_id}`,
    'the session has the tickers asked for': (answer) =>
      answer.body.tickers.join() === tickers.join(),
  });
  if (session === null) {
    return;
  }
  const address = `${knobs.baseUrl}/v1/sessions/${session.sessionId}`;
  const pending = await call('GET', names.read, address);
  check(pending, { 'a new session is pending': (answer) => answer.body.state === 'pending' });

  const watched = stream(session, knobs, {
    leaveAtMs: Date.now() + 45000, // the DELETE below comes long before
    endsWith: [4000],
    onSnapshot: (socket) => void toItsEnd(() => changeAndDelete(socket, address, tickers[0])),
  });
  const end = await watched;
  check(end, {
    'DELETE closes the stream with 4000': () => end.code === 4000,
    'a goodbye says why': () =>
      end.reader.goodbye !== null && end.reader.goodbye.code === 'deleted',
    'subscribe, unsubscribe and PATCH are answered': () => end.reader.subscribedFrames === 3,
    'a ping is answered': () => end.reader.pongFrames === 1,
  });
  const gone = await call('GET', names.read, address, null, 404);
  check(gone, {
    'a deleted session is gone': (answer) =>
      answer.status === 404 && answer.code === 'no_such_session',
  });
  await refusals(knobs.baseUrl, tickers);
  walks.add(1);
}

/**
 * @param {import('./lib/stream.js').Sender} socket
 * @param {string} address
 * @param {string} ticker that the session has
 */
async function changeAndDelete(socket, address, ticker) {
  socket.send(JSON.stringify({ op: 'ping', id: 1 }));
  socket.send(JSON.stringify({ op: 'unsubscribe', tickers: [ticker] }));
  socket.send(JSON.stringify({ op: 'subscribe', tickers: [ticker] }));
  const streaming = await call('GET', names.read, address);
  check(streaming, {
    'a streamed session is streaming': (answer) => answer.body.state === 'streaming',
  });
  const changed = await call('PATCH', names.change, address, { throttle_ms: 250 });
  check(changed, {
    'PATCH changes the throttle': (answer) =>
      answer.status === 200 && answer.body.throttle_ms === 250,
  });
  const removed = await call('DELETE', names.remove, address);
  check(removed, { 'DELETE is answered by 204': (answer) => answer.status === 204 });
}

/**
 * @param {string} baseUrl
 * @param {string[]} tickers
 */
async function refusals(baseUrl, tickers) {
  const wrong = await createSession(baseUrl, ['not a ticker'], 0, 422);
  check(wrong, {
    'an ill-formed ticker is refused by 422': (answer) =>
      answer.status === 422 && answer.code === 'invalid_ticker',
  });
  const empty = await createSession(baseUrl, [], 0, 422);
  check(empty, {
    'a session without tickers is refused by 422': (answer) =>
      answer.status === 422 && answer.code === 'empty_tickers',
  });
  const list = tickers.map(encodeURIComponent).join(',');
  const quotes = await call('GET', names.quotes, `${baseUrl}/v1/quotes?tickers=${list}`);
  check(quotes, {
    'quotes are of the tickers asked for': (answer) =>
      answer.body.quotes.every((/** @type {{s: string}} */ tick) => tickers.includes(tick.s)),
  });
}
