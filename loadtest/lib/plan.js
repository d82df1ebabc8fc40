// The plan of a run, from its knobs: stages, when users leave, thresholds. No k6 imports.

import { closeLabels } from './close_rule.js';

/** @typedef {import('./knobs.js').Knobs} Knobs */

/** Time that users get to close their streams once they should, and k6 to see the answers. */
const graceMs = 30000;

/** @param {number} ms */
function k6Duration(ms) {
  return `${Math.round(ms)}ms`;
}

/**
 * The scenario of users: from none to all, hold, away. Users leave by themselves at departureMs, so
 * that k6 has to interrupt none of them and every stream's end is seen.
 * @param {Knobs} knobs
 */
export function usersScenario(knobs) {
  const vus = knobs.users / knobs.streamsPerVu;
  return {
    executor: /** @type {const} */ ('ramping-vus'),
    startVUs: 0,
    stages: [
      { duration: k6Duration(knobs.rampMs), target: vus },
      { duration: k6Duration(knobs.holdMs), target: vus },
      { duration: k6Duration(knobs.downMs), target: 0 },
    ],
    // A VU that must go at once might have the user that leaves last.
    gracefulRampDown: k6Duration(knobs.downMs + graceMs),
    gracefulStop: k6Duration(graceMs),
  };
}

/**
 * When a user of a scenario that began at startMs leaves permanently.
 * @param {number} startMs
 * @param {Knobs} knobs
 * @param {() => number} random
 */
export function departureMs(startMs, knobs, random) {
  return startMs + knobs.rampMs + knobs.holdMs + random() * knobs.downMs;
}

/**
 * When the scenario's last stage is over, and a moment more: a user with nothing left to do idles
 * until then, since k6 would begin another iteration.
 * @param {number} startMs
 * @param {Knobs} knobs
 */
export function scenarioEndMs(startMs, knobs) {
  return startMs + knobs.rampMs + knobs.holdMs + knobs.downMs + 250;
}

/**
 * A visit's length: at random between half and one and a half times the mean.
 * @param {number} meanMs
 * @param {() => number} random
 */
export function visitLengthMs(meanMs, random) {
  return meanMs * (0.5 + random());
}

/**
 * `count` different entries, at random; all of them if there are no more.
 * @template T
 * @param {T[]} from
 * @param {number} count
 * @param {() => number} random
 * @returns {T[]}
 */
export function pick(from, count, random) {
  const pool = from.slice();
  const taken = Math.min(count, pool.length);
  for (let at = 0; at < taken; at += 1) {
    const other = at + Math.floor(random() * (pool.length - at));
    const entry = pool[at];
    pool[at] = pool[other];
    pool[other] = entry;
  }
  return pool.slice(0, taken);
}

/**
 * `count` entries spread evenly over a list; all of them if there are no more.
 * @template T
 * @param {T[]} from
 * @param {number} count
 * @returns {T[]}
 */
export function spread(from, count) {
  const taken = Math.min(count, from.length);
  return Array.from({ length: taken }, (_, at) => from[Math.floor((at * from.length) / taken)]);
}

/**
 * One user in so many streams without throttle; at least one of the run does. 0 = none.
 * @param {Knobs} knobs
 */
function unthrottledEvery(knobs) {
  return knobs.throttleMs === 0 ? 1 : Math.min(knobs.unthrottled, knobs.users);
}

/**
 * @param {Knobs} knobs
 * @param {number} number of the user's visit
 */
export function throttleOf(knobs, number) {
  const every = unthrottledEvery(knobs);
  return every > 0 && number % every === 0 ? 0 : knobs.throttleMs;
}

/**
 * A script's goals, in milliseconds; latency is without the wait that throttle_ms asks for.
 * @typedef {object} Goals
 * @property {number} creationP95
 * @property {number} creationP99
 * @property {number} snapshotP95
 * @property {number} snapshotP99
 * @property {number} latencyP95
 * @property {number} latencyP99
 */

/**
 * Thresholds. A trend without a sample would pass any of its own, so counts of events that must
 * have happened stand beside them.
 * @param {Knobs} knobs
 * @param {Goals} goals
 * @param {number} leastSessions sessions that this run must have created
 * @returns {Record<string, string[]>}
 */
export function thresholds(knobs, goals, leastSessions) {
  /** @param {number} ms @param {number} [extra] */
  const figure = (ms, extra = 0) => String(Math.round(ms * knobs.slack) + extra);
  const wait = knobs.throttleMs;
  /** @type {Record<string, string[]>} */
  const all = {
    sessions_created: [`count>=${leastSessions}`],
    sessions_failed: ['count==0'],
    handshakes_failed: ['count==0'],
    streams_opened: [`count>=${leastSessions}`],
    snapshots: [`count>=${leastSessions}`],
    unexpected_closes: ['count==0'],
    silent_streams: ['count==0'],
    protocol_errors: ['count==0'],
    clock_skew: ['count==0'],
    script_errors: ['count==0'],
    http_req_failed: ['rate==0'],
    session_creation: [`p(95)<${figure(goals.creationP95)}`, `p(99)<${figure(goals.creationP99)}`],
    time_to_snapshot: [`p(95)<${figure(goals.snapshotP95)}`, `p(99)<${figure(goals.snapshotP99)}`],
  };
  if (knobs.expectTicks) {
    all.ticks = [`count>=${leastSessions}`];
    const every = unthrottledEvery(knobs);
    if (every > 0) {
      // Rounded down: another scenario's VU might have the number of one of them.
      all.unthrottled_frames = [`count>=${Math.floor(knobs.users / every)}`];
      all.quote_latency = [
        `p(95)<${figure(goals.latencyP95)}`,
        `p(99)<${figure(goals.latencyP99)}`,
      ];
    }
    if (wait > 0) {
      all.throttled_latency = [
        `p(95)<${figure(goals.latencyP95, wait)}`,
        `p(99)<${figure(goals.latencyP99, wait)}`,
      ];
    }
  }
  if (knobs.adminUrl !== null) {
    all.back_at_zero = ['count>=1'];
  }
  // A threshold on a tag is what makes k6 keep that tag's count, for the summary.
  for (const label of closeLabels) {
    all[`unexpected_closes{code:${label}}`] = ['count==0'];
  }
  return all;
}
