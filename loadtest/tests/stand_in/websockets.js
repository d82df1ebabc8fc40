// k6/websockets as its source behaves (1.6 to 2.2): on-handlers, nothing delivered once closing,
// and at the end
//   a close frame           its code, after an error unless it is 1000 or 1001
//   a bare end of file      1006, after an error
//   a reset                 no error; the code of our own close if there was one, else none
//   a failed handshake      no code, after an error; one that is not answered fails after 60 s
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
    const socket = new Ws(url, { perMessageDeflate: false, handshakeTimeout: 60000 });
    this.socket = socket;
    let sent = 0; // the code of our own close
    let wasReset = false;
    const connected = () => {
      record('ws_connecting', 'trend', nowMs() - startedMs, tags);
      record('ws_sessions', 'counter', 1, tags);
    };
    socket.on('open', () => {
      connected();
      this.readyState = 1;
      socket._socket.on('error', () => {
        wasReset = true; // ws has 1006 for both
      });
      this.onopen?.({ type: 'open', timestamp: nowMs() });
    });
    socket.on('message', (data, binary) => {
      if (this.readyState === 1) {
        this.onmessage?.({
          type: 'message',
          data: binary ? data : data.toString(),
          timestamp: nowMs(),
        });
      }
    });
    socket.on('error', (error) => {
      if (this.readyState === 0) {
        connected();
      }
      this.onerror?.({ type: 'error', error: String(error), timestamp: nowMs() });
    });
    socket.on('close', (code, reason) => {
      const hidden = code === 1006 && (this.readyState === 0 || wasReset);
      const seen = hidden ? sent : code;
      if (!hidden && code !== 1000 && code !== 1001) {
        this.onerror?.({ type: 'error', error: `websocket: close ${code}`, timestamp: nowMs() });
      }
      this.readyState = 3;
      const event = { type: 'close', reason: reason.toString(), timestamp: nowMs() };
      if (seen !== 0) {
        event.code = seen;
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
