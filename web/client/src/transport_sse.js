// A stream over Server-Sent Events. Read by fetch and not by EventSource: Node has none, and it hides the status
// (404 and 503 ask for different things), comes back by a rule of its own, and can't be told not to.

import { refusalOf } from './session_api.js';
import { SseReader } from './sse_reader.js';

/** @typedef {import('./transport_websocket.js').Connection} Connection */
/** @typedef {import('./transport_websocket.js').End} End */

/**
 * @param {typeof fetch} fetch
 * @param {URL} url of the stream
 * @param {string} lastEventId of the connection before, or ''; it tells the server which connection comes back
 * @param {(text: string) => void} onText
 * @param {(id: string) => void} onId
 * @returns {Connection}
 */
export function openSse(fetch, url, lastEventId, onText, onId) {
    const controller = new AbortController();
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
        // 204 to one who comes back: another connection streams this session now.
        if (response.status === 204) return { code: 4001 };
        if (response.status !== 200) return { code: 1006, refusal: await refusalOf(response) };
        if (response.body === null) return { code: 1006 };
        const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
        const chunks = response.body.getReader();
        for (let read = await chunks.read(); !read.done; read = await chunks.read()) {
            reader.feed(decoder.decode(read.value, { stream: true }));
        }
        return { code: 1006 };
    }

    const end = () => controller.abort();
    return {
        ended: run()
            .catch(() => ({ code: 1006 }))
            .finally(end),
        close: end,
        drop: end,
    };
}
