// The status line, and the notice above the list that says when its prices are old.
import * as format from './format.js';
import { healthOf, sumOf } from './health.js';

/** @typedef {import('./health.js').Health} Health */

const at = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const TRANSPORTS = /** @type {Record<string, string>} */ ({
  websocket: 'WebSocket',
  sse: 'SSE',
  polling: 'Polling each second or two',
});
const SETTLED_MS = 300; // a screen reader does not say shorter states

/** @param {HTMLElement} element @param {string} text */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export class Status {
  #fields = {
    connection: at('status-connection'),
    feed: at('status-feed'),
    p50: at('status-p50'),
    p99: at('status-p99'),
    rate: at('status-rate'),
    conflated: at('status-conflated'),
    transport: at('status-transport'),
    frame: at('status-frame'),
  };
  #notice = at('notice');
  #noticeText = at('notice-text');
  #action = at('notice-action');
  #say;
  /** @type {string | undefined} */ #said;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;

  /** @param {{ say: (text: string) => void, reopen: () => void }} actions */
  constructor({ say, reopen }) {
    this.#say = say;
    this.#action.addEventListener('click', reopen);
  }

  /**
   * @param {import('./pool.js').Member[]} members
   * @param {import('./health.js').Unserved} unserved
   */
  health(members, unserved) {
    const health = healthOf(members, performance.now(), unserved);
    put(this.#fields.connection, health.connection);
    put(this.#fields.feed, health.feed);
    this.#fields.feed.hidden = health.feed === '';
    this.#fields.feed.dataset.feed = health.feed === 'Feed stale' ? 'stale' : 'other';
    for (const id of ['status', 'desk']) at(id).dataset.level = health.level;
    this.#notice.hidden = health.notice === undefined;
    put(this.#noticeText, health.notice ?? '');
    this.#action.hidden = health.action === undefined;
    put(this.#action, health.action ?? '');
    this.#transports(members);
    this.#announce(health);
  }

  /**
   * The transport of the prices; where it is slow, a narrow window shows it too.
   * @param {import('./pool.js').Member[]} members
   */
  #transports(members) {
    const used = [
      ...new Set(
        members
          .filter((member) => member.state === 'live')
          .map((member) => member.client.transport ?? ''),
      ),
    ];
    const names = used
      .map((one) => TRANSPORTS[one])
      .filter(Boolean)
      .join(' + ');
    put(
      this.#fields.transport,
      names && members.length > 1 ? `${names} · ${members.length} sessions` : names,
    );
    const item = /** @type {HTMLElement} */ (this.#fields.transport.parentElement);
    item.classList.toggle('optional', !used.includes('polling'));
    item.hidden = names === '';
  }

  /** Each state once, and no countdown. @param {Health} health */
  #announce(health) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const words = health.notice ?? (health.level === 'live' ? 'Live' : '');
      if (words === this.#said || words === '') return;
      const first = this.#said === undefined;
      this.#said = words;
      const isUsual = first && health.notice === undefined;
      if (!isUsual) this.#say(words);
    }, SETTLED_MS);
  }

  /** @param {import('./pool.js').Member[]} members @param {{ p99: number | undefined }} frames */
  figures(members, frames) {
    const sum = sumOf(members.map((member) => member.client.stats));
    put(this.#fields.p50, format.milliseconds(sum.p50));
    put(this.#fields.p99, format.milliseconds(sum.p99));
    put(this.#fields.rate, format.count(sum.updatesPerSecond));
    put(this.#fields.conflated, format.count(sum.conflated));
    put(this.#fields.frame, format.milliseconds(frames.p99));
  }
}
