// A stream over Server-Sent Events. Read by fetch and not by EventSource: Node has none, and it
// hides the status (404 and 503 need different reactions) and comes back by a rule of its own,
// which can't be switched off.

import { refusalOf } from './session_api.js';
import { SseReader } from './sse_reader.js';

/** @typedef {import('./transport_websocket.js').Connection} Connection */
/** @typedef {import('./transport_websocket.js').End} End */

/**
 * @param {typeof fetch} fetch
 * @param {URL} url of the stream
 * @param {string} lastEventId of the connection before, or '': by it the server knows which
 * connection comes back
 * @param {(text: string) => void} onText
 * @param {(id: string) => void} onId
 * @returns {Connection}
 */
export function openSse(fetch, url, lastEventId, onText, onId) {
  const controller = new AbortController();
  let isOpen = false;
  /** @type {(end: End) => void} */
  let settle = () => {};
  /** @type {Promise<End>} */
  const dropped = new Promise((resolve) => {
    settle = resolve;
  });
  const reader = new SseReader((event) => {
    onId(reader.lastEventId);
    onText(event.data);
  });

  /** @returns {Promise<End>} */
  async function run() {
    const response = await fetch(url, {
      headers: {
        Accept: 'text/event-stream',
        ...(lastEventId === '' ? {} : { 'Last-Event-ID': lastEventId }),
      },
      cache: 'no-store',
      signal: controller.signal,
    });
    // 204 to a connection that comes back: another connection streams this session now.
    if (response.status === 204) return { code: 4001 };
    if (response.status !== 200) return { code: 1006, refusal: await refusalOf(response) };
    const type = response.headers.get('Content-Type') ?? '';
    if (response.body === null || !/^text\/event-stream\b/i.test(type)) {
      return {
        code: 1006,
        error: new Error(`the answer is no event stream (its type: ${type || 'none'})`),
      };
    }
    isOpen = true;
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const chunks = response.body.getReader();
    for (let read = await chunks.read(); !read.done; read = await chunks.read()) {
      reader.feed(decoder.decode(read.value, { stream: true }));
    }
    return { code: 1006 };
  }

  // A given fetch might not know signals.
  function end() {
    controller.abort();
    settle({ code: 1006 });
  }
  const ran = run().catch((error) => ({ code: 1006, error }));
  return {
    transport: 'sse',
    ended: Promise.race([ran, dropped]).finally(end),
    get isOpen() {
      return isOpen;
    },
    close: end,
    drop: end,
  };
}
