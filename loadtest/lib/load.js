// Shared by all scripts: knobs, options, setup, teardown and summary around the users. A script
// gives its users' steps and its goals, and exports the result of this.

import exec from 'k6/execution';
import http from 'k6/http';
import { sleep } from 'k6';

import { names } from './api.js';
import { toItsEnd } from './guard.js';
import { readKnobs } from './knobs.js';
import { meters } from './meters.js';
import { departureMs, scenarioEndMs, spread, thresholds, usersScenario } from './plan.js';
import { hasVerdicts, jsonReport, textReport, textWithoutVerdicts, trendStats } from './report.js';
import { heldByServer, isZero } from './server_metrics.js';
import { pause } from './user.js';

/** @typedef {import('./knobs.js').Knobs} Knobs */
/** @typedef {import('./user.js').Stay} Stay */
/** @typedef {{ tickers: string[] }} SetupData */

/**
 * @typedef {object} Script
 * @property {string} name
 * @property {Record<string, string>} defaults of its knobs
 * @property {import('./plan.js').Goals} goals
 * @property {(stay: Stay) => Promise<void>} user one visit
 * @property {boolean} [comesAgain] a visit is followed by another; else a user comes once
 * @property {(knobs: Knobs) => number} [leastSessions] that a good run creates; a user each if not
 *     given
 * @property {Record<string, import('k6/options').Scenario>} [scenarios] beside that of the users
 * @property {(knobs: Knobs) => Record<string, string[]>} [thresholds] of its own
 */

const mostTickers = 500; // every VU gets a copy of them

/** The name of the users' scenario, which is the default function. */
const usersName = 'users';

/**
 * @param {Script} script
 */
export function loadTest(script) {
  const knobs = readKnobs(__ENV, script.defaults);
  const leastSessions =
    script.leastSessions === undefined ? knobs.users : script.leastSessions(knobs);

  /** @type {import('k6/options').Options} */
  const options = {
    scenarios: { [usersName]: usersScenario(knobs), ...script.scenarios },
    thresholds: {
      ...thresholds(knobs, script.goals, leastSessions),
      ...(script.thresholds === undefined ? {} : script.thresholds(knobs)),
    },
    summaryTrendStats: trendStats,
    // Neither url, ip nor error: only a closed set of values can become a label.
    systemTags: [
      'name',
      'method',
      'status',
      'scenario',
      'expected_response',
      'error_code',
      'proto',
      'check',
      'group',
    ],
    setupTimeout: '30s',
    teardownTimeout: `${knobs.zeroWithinMs + 60000}ms`, // a request can take 60 s
    userAgent: `tickcast-k6/${script.name}`,
  };

  /** @param {SetupData} data */
  async function run(data) {
    const startMs = exec.scenario.startTime;
    const lastMs = startMs + knobs.rampMs + knobs.holdMs;
    if (Date.now() >= lastMs - 500) {
      await pause(scenarioEndMs(startMs, knobs) - Date.now());
      return;
    }
    /** @type {Promise<void>[]} */
    const users = [];
    for (let user = 0; user < knobs.streamsPerVu; user += 1) {
      const leaveAtMs = departureMs(startMs, knobs, Math.random);
      const number =
        (exec.vu.idInTest - 1) * knobs.streamsPerVu + user + exec.vu.iterationInScenario;
      users.push(toItsEnd(() => script.user({ knobs, universe: data.tickers, leaveAtMs, number })));
    }
    await Promise.all(users);
    if (!script.comesAgain) {
      // A user that had to stay away does not come back as a new iteration.
      await pause(lastMs - Date.now());
    }
  }

  return {
    options,
    knobs,
    run,
    setup: () => findTickers(knobs),
    teardown: () => waitForZero(knobs),
    /** @param {any} data */
    handleSummary: (data) => summary(script.name, knobs, data),
  };
}

/**
 * @param {Knobs} knobs
 * @returns {SetupData}
 */
function findTickers(knobs) {
  const response = http.get(`${knobs.baseUrl}/v1/tickers`, { tags: { name: names.tickers } });
  if (response.status !== 200) {
    exec.test.abort(`GET ${knobs.baseUrl}/v1/tickers: ${response.status} ${response.error}`);
  }
  /** @type {any} */
  const body = response.json();
  const tickers = spread(body.tickers, mostTickers);
  if (tickers.length === 0 && knobs.tickerList === null) {
    exec.test.abort(
      'the server knows no tickers yet: give TICKERS=NAME,NAME or push some ticks first',
    );
  }
  return { tickers };
}

/**
 * With ADMIN_URL: the server must hold nothing of this run any more, so it must have no other
 * clients.
 * @param {Knobs} knobs
 */
function waitForZero(knobs) {
  if (knobs.adminUrl === null) {
    return;
  }
  /** @type {Record<string, number | null>} */
  let held = {};
  const untilMs = Date.now() + knobs.zeroWithinMs;
  while (Date.now() < untilMs) {
    const response = http.get(`${knobs.adminUrl}/metrics`, { tags: { name: 'GET /metrics' } });
    held = heldByServer(String(response.body));
    meters.leftBehind.add(
      Object.values(held).reduce((/** @type {number} */ sum, one) => sum + (one || 0), 0),
    );
    if (response.status === 200 && isZero(held)) {
      meters.backAtZero.add(1);
      return;
    }
    sleep(1);
  }
  console.error(`not back at zero after ${knobs.zeroWithinMs / 1000} s: ${JSON.stringify(held)}`);
}

/**
 * @param {string} name
 * @param {Knobs} knobs
 * @param {any} data
 * @returns {Record<string, string>}
 */
function summary(name, knobs, data) {
  if (!hasVerdicts(data)) {
    return { stdout: textWithoutVerdicts(name) };
  }
  /** @type {Record<string, string>} */
  const files = { stdout: textReport(name, knobs, data) };
  if (knobs.summaryDir !== 'none') {
    files[`${knobs.summaryDir}/summary-${name}.json`] = jsonReport(name, knobs, data);
  }
  return files;
}
