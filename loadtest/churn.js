// Churn: users come and go all the time, each in one of four ways: closing the stream, deleting the
// session, coming back to it, changing its tickers. Proves that nothing is left behind by any exit.

import { check } from 'k6';
import { Counter } from 'k6/metrics';

import { call, names } from './lib/api.js';
import { loadTest } from './lib/load.js';
import { visitLengthMs } from './lib/plan.js';
import { enter, pause, watchUntilLeaving } from './lib/user.js';

/** @typedef {import('./lib/user.js').Stay} Stay */
/** @typedef {import('./lib/api.js').Session} Session */

const visits = new Counter('visits'); // {way}

// Between two visits, and before a return: well within the 30 s of a detached session.
const longestPauseMs = 1000;
const deleteAnswerMs = 10000;
const answerMs = 2000; // a user that leaves sooner might not have seen the answer

const ways = [
  { name: 'close', go: closeStream },
  { name: 'delete', go: deleteSession },
  { name: 'return', go: comeBack },
  { name: 'change', go: changeTickers },
];

const test = loadTest({
  name: 'churn',
  defaults: { VUS: '200', RAMP: '10s', HOLD: '2m', DOWN: '5s', VISIT: '5s', THROTTLE_MS: '100' },
  goals: {
    creationP95: 100,
    creationP99: 250,
    snapshotP95: 200,
    snapshotP99: 500,
    latencyP95: 100,
    latencyP99: 250,
  },
  user: oneVisit,
  comesAgain: true,
  leastSessions: (knobs) => {
    // And a second for the server.
    const longestMs = 1.5 * knobs.visitMs + 2 * longestPauseMs + 1000;
    return knobs.users * Math.max(1, Math.floor(knobs.holdMs / longestMs));
  },
  // Four users take four ways on their first visits; fewer can't promise it.
  thresholds: (knobs) => ({
    checks: ['rate==1'],
    ...(knobs.users < ways.length
      ? {}
      : Object.fromEntries(ways.map((way) => [`visits{way:${way.name}}`, ['count>=1']]))),
  }),
});

export const options = test.options;
export const setup = test.setup;
export const teardown = test.teardown;
export const handleSummary = test.handleSummary;
export default test.run;

/** @param {Stay} stay */
async function oneVisit(stay) {
  await pause(Math.random() * longestPauseMs);
  const leaveAtMs = Math.min(
    stay.leaveAtMs,
    Date.now() + visitLengthMs(stay.knobs.visitMs, Math.random),
  );
  const bounded = { ...stay, leaveAtMs };
  const session = await enter(bounded);
  if (session !== null) {
    const way = ways[stay.number % ways.length];
    visits.add(1, { way: way.name });
    await way.go(session, bounded);
  }
}

/**
 * @param {Session} session
 * @param {Stay} stay
 */
async function closeStream(session, stay) {
  await watchUntilLeaving(session, stay);
}

/**
 * @param {Session} session
 * @param {Stay} stay
 */
async function deleteSession(session, stay) {
  /** @type {Promise<import('./lib/api.js').Answer>[]} one at most */
  const removing = [];
  const remove = async () => {
    await pause(stay.leaveAtMs - Date.now());
    return call('DELETE', names.remove, `${stay.knobs.baseUrl}/v1/sessions/${session.sessionId}`);
  };
  const patient = { ...stay, leaveAtMs: Math.max(Date.now(), stay.leaveAtMs) + deleteAnswerMs };
  const left = await watchUntilLeaving(session, patient, {
    endsWith: [4000],
    onSnapshot: () => {
      // Not before: a DELETE that overtakes the handshake leaves it nothing to stream.
      if (removing.length === 0) {
        removing.push(remove());
      }
    },
  });
  const [answer] = await Promise.all(removing);
  const removed = answer !== undefined && answer.status === 204;
  check(left, {
    'DELETE closes the stream with 4000': () =>
      removed && left.end !== null && left.end.code === 4000,
  });
}

/**
 * @param {Session} session
 * @param {Stay} stay
 */
async function comeBack(session, stay) {
  const halfway = { ...stay, leaveAtMs: (Date.now() + stay.leaveAtMs) / 2 };
  const left = await watchUntilLeaving(session, halfway);
  await pause(Math.random() * longestPauseMs);
  if (left.session === null || Date.now() >= stay.leaveAtMs) {
    return;
  }
  const again = await watchUntilLeaving(left.session, stay);
  const same = again.session !== null && again.session.sessionId === session.sessionId;
  check(again, { 'a session left is streamed again': () => same });
}

/**
 * @param {Session} session
 * @param {Stay} stay
 */
async function changeTickers(session, stay) {
  let askedMs = Infinity;
  const other = stay.universe.find((ticker) => !session.tickers.includes(ticker));
  if (other === undefined) {
    return closeStream(session, stay);
  }
  const left = await watchUntilLeaving(session, stay, {
    onSnapshot: (socket) => {
      askedMs = Date.now();
      socket.send(JSON.stringify({ op: 'subscribe', tickers: [other] }));
      socket.send(JSON.stringify({ op: 'unsubscribe', tickers: [session.tickers[0]] }));
    },
  });
  if (left.end !== null && left.end.ours && Date.now() - askedMs > answerMs) {
    const reader = left.end.reader;
    check(reader, {
      'subscribe and unsubscribe are answered': () => reader.subscribedFrames === 2,
    });
  }
}
