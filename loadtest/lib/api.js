// The REST calls of a user. Every request has a name, so that no session ID becomes a time series.

import http from 'k6/http';

/**
 * @typedef {{ sessionId: string, tickers: string[], throttleMs: number, streamPath: string }}
 *     Session
 */

/**
 * @typedef {object} Answer
 * @property {number} status 0 = none came
 * @property {string} code of the problem, "network" where no answer came
 * @property {number | null} retryAfterMs
 * @property {number} tookMs connecting included
 * @property {string} location header, or empty
 * @property {any} body parsed; null where it is none
 */

export const names = {
  tickers: 'GET /v1/tickers',
  create: 'POST /v1/sessions',
  read: 'GET /v1/sessions/{id}',
  change: 'PATCH /v1/sessions/{id}',
  remove: 'DELETE /v1/sessions/{id}',
  quotes: 'GET /v1/quotes',
  stream: 'GET /v1/stream/{id}',
};

/**
 * The codes of the contract that a creation, or a call about a session, can be refused with: a
 * closed set.
 */
const problemCodes = [
  'invalid_json',
  'invalid_type',
  'unknown_field',
  'bad_throttle',
  'origin_not_allowed',
  'no_such_session',
  'request_timeout',
  'unsupported_media_type',
  'unknown_ticker',
  'invalid_ticker',
  'too_many_tickers',
  'empty_tickers',
  'rate_limited',
  'too_many_sessions',
  'too_many_connections',
  'internal',
  'draining',
  'at_capacity',
];

/** Made once, as k6's documentation asks. */
const refusals = { 404: http.expectedStatuses(404), 422: http.expectedStatuses(422) };

/**
 * @param {string} method
 * @param {string} name of names
 * @param {string} url
 * @param {object | null} body
 * @param {keyof refusals | null} refusal status that is asked for; any other counts as a failed
 *     request then
 * @returns {Promise<Answer>}
 */
export async function call(method, name, url, body = null, refusal = null) {
  const response = await http.asyncRequest(
    method,
    url,
    body === null ? null : JSON.stringify(body),
    {
      headers: body === null ? {} : { 'Content-Type': 'application/json' },
      tags: { name },
      timeout: '30s',
      ...(refusal === null ? {} : { responseCallback: refusals[refusal] }),
    },
  );
  const timings = response.timings;
  /** @type {any} */
  let parsed = null;
  try {
    parsed =
      typeof response.body === 'string' && response.body !== '' ? JSON.parse(response.body) : null;
  } catch (_error) {
    parsed = null;
  }
  const retryAfter = Number(response.headers['Retry-After']);
  return {
    status: response.status,
    code: problemCode(response.status, parsed),
    retryAfterMs: retryAfter > 0 ? retryAfter * 1000 : null,
    location: response.headers['Location'] || '',
    tookMs: timings.connecting + timings.tls_handshaking + timings.duration,
    body: parsed,
  };
}

/**
 * @param {number} status
 * @param {any} body
 */
function problemCode(status, body) {
  if (status === 0) {
    return 'network';
  }
  return body !== null && problemCodes.includes(body.code) ? String(body.code) : 'other';
}

/**
 * @param {string} baseUrl
 * @param {string[]} tickers
 * @param {number} throttleMs
 * @param {keyof refusals | null} refusal
 */
export function createSession(baseUrl, tickers, throttleMs, refusal = null) {
  return call(
    'POST',
    names.create,
    `${baseUrl}/v1/sessions`,
    { tickers, throttle_ms: throttleMs },
    refusal,
  );
}

/**
 * The session in an answer; null where the answer is not as the contract promises.
 * @param {Answer} answer
 * @returns {Session | null}
 */
export function sessionOf(answer) {
  const body = answer.body;
  const whole =
    answer.status === 201 &&
    body !== null &&
    typeof body.session_id === 'string' &&
    Array.isArray(body.tickers) &&
    typeof body.throttle_ms === 'number' &&
    typeof body.stream_url === 'string' &&
    body.stream_url.startsWith('/');
  return whole
    ? {
        sessionId: body.session_id,
        tickers: body.tickers,
        throttleMs: body.throttle_ms,
        streamPath: body.stream_url,
      }
    : null;
}

/**
 * stream_url is a path, to be resolved against the address that the client used.
 * @param {string} baseUrl
 * @param {string} path
 */
export function streamUrl(baseUrl, path) {
  return baseUrl.replace(/^http/, 'ws') + path;
}
