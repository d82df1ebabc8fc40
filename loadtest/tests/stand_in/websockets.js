// k6/websockets as its source behaves (1.6 to 2.2): on-handlers, an error before the close unless the end
// was orderly, a code in the close event only after a close frame, nothing delivered once closing.
import Ws from 'ws';

import { record } from './metrics.js';

const nowMs = () => performance.timeOrigin + performance.now();

export class WebSocket {
    constructor(url, protocols, params) {
        if (!/^wss?:/.test(url)) {
            throw new Error(`WebSocket requires url with scheme ws or wss, but got ${url}`);
        }
        if (!params || !params.tags || !params.tags.name) {
            throw new Error('a stream without a name would make its URL a time series');
        }
        this.url = url;
        this.readyState = 0;
        const tags = { name: params.tags.name };
        const startedMs = nowMs();
        const socket = new Ws(url, { perMessageDeflate: false });
        this.socket = socket;
        let sent = 0; // the code of our own close
        const connected = () => {
            record('ws_connecting', 'trend', nowMs() - startedMs, tags);
            record('ws_sessions', 'counter', 1, tags);
        };
        socket.on('open', () => {
            connected();
            this.readyState = 1;
            this.onopen?.({ type: 'open', timestamp: nowMs() });
        });
        socket.on('message', (data, binary) => {
            if (this.readyState === 1) {
                this.onmessage?.({ type: 'message', data: binary ? data : data.toString(), timestamp: nowMs() });
            }
        });
        socket.on('error', (error) => {
            if (this.readyState === 0) {
                connected();
            }
            this.onerror?.({ type: 'error', error: String(error), timestamp: nowMs() });
        });
        socket.on('close', (code, reason) => {
            this.readyState = 3;
            const event = { type: 'close', reason: reason.toString(), timestamp: nowMs() };
            const known = code === 1006 ? sent : code; // ws reports 1006 where there was no close frame
            if (known !== 0) {
                event.code = known;
            }
            this.onclose?.(event);
        });
        this.close = (code = 1000) => {
            if (this.readyState < 2) {
                this.readyState = 2;
                sent = code;
                socket.close(code);
            }
        };
    }

    send(text) {
        if (this.readyState !== 1) {
            throw new Error('InvalidStateError');
        }
        this.socket.send(text);
    }
}
