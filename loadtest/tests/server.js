// Starts the server that TICKCAST_BIN names, and runs scripts against it, for the tests.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const loadtest = fileURLToPath(new URL('..', import.meta.url));
const standIn = join(loadtest, 'tests/stand_in');

const binary = process.env.TICKCAST_BIN;
export const skip = binary ? false : 'TICKCAST_BIN is not set';

const longestRunMs = 240000; // far above what any script takes here
const soonMs = 60000;

/** Runs `body` with a server, which is gone afterwards. */
export async function withServer(flags, body) {
  const child = spawn(
    binary,
    [
      '--listen',
      '127.0.0.1:0',
      '--admin-listen',
      '127.0.0.1:0',
      '--threads',
      '1',
      '--log-level',
      'error',
      ...flags,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const gone = new Promise((done) => child.on('exit', done));
  try {
    const addresses = await listening(child);
    return await body({ ...addresses, child });
  } finally {
    child.kill('SIGKILL');
    await gone;
  }
}

function listening(child) {
  return new Promise((done, failed) => {
    let text = '';
    setTimeout(
      () => failed(new Error(`the server does not listen; it said: ${text}`)),
      soonMs,
    ).unref();
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /^public (\S+)\nadmin (\S+)\n/m.exec(text);
      if (found) {
        done({ publicUrl: found[1], adminUrl: found[2] });
      }
    });
    child.on('exit', (code) => failed(new Error(`the server ended with ${code}`)));
  });
}

/** Waits until so many streams are open. */
export async function allStreaming(server, streams) {
  const wanted = `\ntickcast_connections{transport="websocket"} ${streams}\n`;
  const untilMs = Date.now() + soonMs;
  while (Date.now() < untilMs) {
    const metrics = await fetch(`${server.adminUrl}/metrics`, {
      signal: AbortSignal.timeout(soonMs),
    });
    if ((await metrics.text()).includes(wanted)) {
      return;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`never ${streams} streams at once`);
}

/** How many ticks the server has measured the latency of. */
export async function serversLatencies(server) {
  const metrics = await (await fetch(`${server.adminUrl}/metrics`)).text();
  return Number(/\ntickcast_delivery_latency_seconds_count (\d+)\n/.exec(metrics)[1]);
}

/**
 * Runs a script on the stand-in of k6. One that does not end is killed, and says so in its text.
 * @returns {Promise<{ status: number, text: string, report: any }>}
 */
export async function runScript(name, environment) {
  const directory = await mkdtemp(join(tmpdir(), 'tickcast-k6-'));
  try {
    const child = spawn(
      process.execPath,
      [
        '--import',
        join(standIn, 'register.js'),
        join(standIn, 'run.js'),
        join(loadtest, `${name}.js`),
      ],
      {
        env: { ...process.env, SUMMARY_DIR: directory, ...environment },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        text += chunk;
      });
    }
    const tooLong = setTimeout(() => {
      text += `\nkilled: no end after ${longestRunMs / 1000} s\n`;
      child.kill('SIGKILL');
    }, longestRunMs);
    const status = await new Promise((done) => child.on('close', done));
    clearTimeout(tooLong);
    const json = await readFile(join(directory, `summary-${name}.json`), 'utf8').catch(
      () => 'null',
    );
    return { status, text, report: JSON.parse(json) };
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** The metrics whose thresholds failed. */
export function failed(report) {
  const metrics = report.thresholds
    .filter((verdict) => !verdict.ok)
    .map((verdict) => verdict.metric);
  return Array.from(new Set(metrics)).sort();
}

export const count = (report, name) => (report.metrics[name] ? report.metrics[name].count : 0);
