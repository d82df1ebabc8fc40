// Runs a k6 script under node: node --import ./register.js run.js SCRIPT. It is no load generator:
// it is there so that every line of the scripts runs against a real server where k6 is not at hand.
// Two executors, thresholds and the summary are as in k6, and so is the exit status: 99 where a
// threshold failed.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { milliseconds } from './durations.js';
import { Aborted, current } from './execution.js';
import { summaryData } from './metrics.js';

globalThis.__ENV = { ...process.env };

const pause = (ms) => new Promise((done) => setTimeout(done, Math.max(0, ms)));

let lastVu = 0;
let iterationsFailed = 0;

async function iterate(body, data, context) {
  try {
    await current.run(context, () => body(data));
  } catch (error) {
    iterationsFailed += 1;
    console.error(`iteration failed: ${error.stack}`);
  }
}

async function rampingVus(scenario, body, data) {
  const startTime = Date.now();
  const [ramp, hold, down] = scenario.stages.map((stage) => milliseconds(stage.duration));
  const vus = scenario.stages[0].target;
  const one = async (index) => {
    const idInTest = ++lastVu;
    const until = startTime + ramp + hold + down * (1 - index / vus);
    await pause(ramp * (index / vus));
    for (let iteration = 0; Date.now() < until; iteration += 1) {
      await iterate(body, data, { startTime, idInTest, iteration });
    }
  };
  await Promise.all(Array.from({ length: vus }, (_, index) => one(index)));
}

async function perVuIterations(scenario, body, data) {
  const startTime = Date.now();
  const one = async () => {
    const idInTest = ++lastVu;
    for (let iteration = 0; iteration < scenario.iterations; iteration += 1) {
      await iterate(body, data, { startTime, idInTest, iteration });
    }
  };
  await Promise.all(Array.from({ length: scenario.vus }, one));
}

const executors = { 'ramping-vus': rampingVus, 'per-vu-iterations': perVuIterations };

async function main(path) {
  const script = await import(pathToFileURL(resolve(path)).href);
  const startedMs = Date.now();
  // A threshold that k6 would refuse is refused before the start.
  summaryData(script.options, startedMs - 1);
  const data = JSON.parse(JSON.stringify(script.setup()));
  await Promise.all(
    Object.values(script.options.scenarios).map((scenario) =>
      executors[scenario.executor](scenario, script[scenario.exec || 'default'], data),
    ),
  );
  script.teardown(data);
  const summary = summaryData(script.options, startedMs);
  for (const [file, text] of Object.entries(script.handleSummary(summary))) {
    file === 'stdout' ? process.stdout.write(text) : writeFileSync(file, text);
  }
  const failed = Object.values(summary.metrics).some(({ thresholds = {} }) =>
    Object.values(thresholds).some(({ ok }) => !ok),
  );
  process.exit(iterationsFailed > 0 ? 1 : failed ? 99 : 0);
}

main(process.argv[2]).catch((error) => {
  console.error(error instanceof Aborted ? `test aborted: ${error.message}` : error);
  process.exit(error instanceof Aborted ? 108 : 107);
});
