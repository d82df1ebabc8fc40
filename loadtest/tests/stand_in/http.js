import { spawnSync } from 'node:child_process';
import * as plain from 'node:http';
import * as secure from 'node:https';

import { milliseconds } from './durations.js';
import { record } from './metrics.js';

const agents = {
  'http:': new plain.Agent({ keepAlive: true }),
  'https:': new secure.Agent({ keepAlive: true }),
};

/** As k6 writes header names: Retry-After. */
function canonical(name) {
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

function requireName(params) {
  if (!params || !params.tags || !params.tags.name) {
    throw new Error('a request without a name would make its URL a time series');
  }
}

function answer(status, headers, body, tookMs, error) {
  const named = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [canonical(name), String(value)]),
  );
  return {
    status,
    headers: named,
    body,
    error,
    timings: { connecting: 0, tls_handshaking: 0, duration: tookMs },
    json: () => JSON.parse(body),
  };
}

class ExpectedStatuses {
  constructor(ranges) {
    this.ranges = ranges;
  }

  match(status) {
    return this.ranges.some((range) =>
      Number.isInteger(range) ? range === status : range.min <= status && status <= range.max,
    );
  }
}

const byDefault = new ExpectedStatuses([{ min: 200, max: 399 }]);

function expectedStatuses(...ranges) {
  return new ExpectedStatuses(ranges);
}

/** What k6 counts of a request. */
function recordRequest(params, status, tookMs) {
  const { responseCallback = byDefault, tags } = params;
  if (!(responseCallback instanceof ExpectedStatuses)) {
    throw new Error('unsupported responseCallback');
  }
  record('http_reqs', 'counter', 1, { name: tags.name });
  record('http_req_duration', 'trend', tookMs, { name: tags.name });
  record('http_req_failed', 'rate', !responseCallback.match(status), { name: tags.name });
}

function asyncRequest(method, url, body, params) {
  requireName(params);
  return new Promise((resolve) => {
    const startedMs = performance.now();
    let ended = false; // an answer that breaks off is an error of it and of its request
    const end = (status, headers, text, error) => {
      if (ended) {
        return;
      }
      ended = true;
      const tookMs = performance.now() - startedMs;
      recordRequest(params, status, tookMs);
      resolve(answer(status, headers, text, tookMs, error));
    };
    const target = new URL(url);
    const client = target.protocol === 'https:' ? secure : plain;
    const headers = { ...params.headers };
    if (body) {
      headers['Content-Length'] = Buffer.byteLength(body);
    }
    // Of the whole request, as k6's.
    const signal = AbortSignal.timeout(milliseconds(params.timeout || '60s'));
    const request = client.request(
      target,
      { method, headers, agent: agents[target.protocol], signal },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () =>
          end(response.statusCode, response.headers, Buffer.concat(chunks).toString(), ''),
        );
        response.on('error', (error) => end(0, {}, null, String(error)));
      },
    );
    request.on('error', (error) => end(0, {}, null, String(error)));
    request.end(body || undefined);
  });
}

const answerMs = 60000;
const fetched = `
fetch(process.argv[1], { signal: AbortSignal.timeout(${answerMs}) }).then(async (response) => console.log(JSON.stringify({ status: response.status, body: await response.text() })))
    .catch((error) => console.log(JSON.stringify({ status: 0, body: null, error: String(error.cause || error) })));`;

/** Blocks, as k6's does; for setup and teardown. */
function get(url, params) {
  requireName(params);
  const run = spawnSync(process.execPath, ['-e', fetched, url], {
    maxBuffer: 1 << 26,
    timeout: answerMs + 10000,
    killSignal: 'SIGKILL',
  });
  const { status, body, error } = JSON.parse(
    run.stdout.toString() || '{"status":0,"body":null,"error":"no answer"}',
  );
  recordRequest(params, status, 0);
  return answer(status, {}, body, 0, error || '');
}

export default { asyncRequest, expectedStatuses, get };
