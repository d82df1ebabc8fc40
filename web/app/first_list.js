// The tickers that the server knows, and of them the list of a browser that has none yet.
import { inWords } from './refusal.js';

const FAMILIAR = [
  'AAPL',
  'MSFT',
  'NVDA',
  'AMZN',
  'GOOGL',
  'META',
  'TSLA',
  'JPM',
  'V',
  'XOM',
  'UNH',
  'JNJ',
  'WMT',
  'PG',
  'HD',
  'KO',
];
const ANSWER_MS = 5000;
const ASK_AGAIN_MS = 5000;
const LONGEST_WAIT_MS = 300_000;

/** @typedef {{ status: number, retryAfterMs: number }} Asked of a refusal */

/** Retry-After, as seconds or a date; 0 where there is none. @param {string | null} text */
function retryAfterMs(text) {
  if (text === null) return 0;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return ms > 0 ? ms : 0;
}

/**
 * @param {typeof fetch} [ask]
 * @param {number} [withinMs] a server that stands still takes connections and answers nothing
 * @returns {Promise<string[]>}
 */
export async function knownTickers(ask = fetch, withinMs = ANSWER_MS) {
  const answer = await ask('v1/tickers', {
    headers: { Accept: 'application/json' },
    signal: AbortSignal.timeout(withinMs),
  });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    const status = answer.status;
    const waitMs = retryAfterMs(answer.headers.get('Retry-After'));
    throw { code: `http_${status}`, ...problem, status, retryAfterMs: waitMs };
  }
  return /** @type {{ tickers: string[] }} */ (await answer.json()).tickers;
}

/**
 * Asks until there is a list: an answer, or what the reader has typed meanwhile.
 * @param {{ load: () => Promise<string[]>, isWanted: () => boolean, use: (tickers: string[]) =>
 * void, show: (why?: string) => void, wait?: (ms: number) => Promise<unknown> }} parts `show` says
 * why there is none yet, or that there is one
 */
export async function findFirstList({ load, isWanted, use, show, wait = pause }) {
  while (isWanted()) {
    try {
      const known = new Set(await load());
      show();
      const familiar = FAMILIAR.filter((ticker) => known.has(ticker));
      const tickers = familiar.length > 0 ? familiar : [...known].slice(0, FAMILIAR.length);
      if (isWanted()) use(tickers);
      return;
    } catch (error) {
      const problem = /** @type {Partial<import('./refusal.js').Refusal & Asked>} */ (error);
      show(problem.status ? inWords({ code: '', ...problem }) : 'the server does not answer');
      const waitMs = Math.max(ASK_AGAIN_MS, problem.retryAfterMs ?? 0);
      await wait(Math.min(waitMs, LONGEST_WAIT_MS));
    }
  }
  show();
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((go) => setTimeout(go, ms));
}
