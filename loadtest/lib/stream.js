// One stream of one user: opens the WebSocket, reads until it ends, says how it ended.
// Bounds: it closes itself at leaveAtMs and is given up when its close stays unanswered.

import { clearInterval, clearTimeout, setInterval, setTimeout } from 'k6/timers';
import { WebSocket } from 'k6/websockets';

import { names, streamUrl } from './api.js';
import { closeLabel, endCode, isRealError } from './close_rule.js';
import { guarded } from './guard.js';
import { meters } from './meters.js';
import { StreamReader } from './stream_reader.js';

/** @typedef {import('./knobs.js').Knobs} Knobs */
/** @typedef {import('./api.js').Session} Session */

/**
 * @typedef {object} StreamEnd
 * @property {boolean} opened whether the upgrade succeeded
 * @property {boolean} ours whether this user ended it, and the server answered by a close frame
 * @property {number} code of the close; 1006 where there was none
 * @property {StreamReader} reader
 */

/**
 * @typedef {object} Visit
 * @property {number} leaveAtMs when the user closes the stream
 * @property {number[]} endsWith close codes that the user's own doing brings, such as 4000 after a
 *     DELETE
 * @property {(socket: Sender) => void} [onSnapshot] called once, after the first snapshot
 */

/** @typedef {{ send(text: string): void }} Sender */

const secondMs = 1000;
// The server gives a client 5 s to answer its close, and the network needs time too.
const closeAnswerMs = 10000;
const longEnoughForTicksMs = 5000;
const skewMs = 5; // both clocks are rounded, and one of them might be slewed

/** The state of one stream while it is open, and its counts since the last report. */
class Watch {
  /**
   * @param {Session} session
   * @param {Knobs} knobs
   */
  constructor(session, knobs) {
    this.knobs = knobs;
    this.reader = new StreamReader(session.sessionId, session.tickers, session.throttleMs);
    this.startedMs = Date.now();
    this.openedMs = 0;
    this.timeIsUp = false;
    this.closingMs = 0;
    this.lastFrameMs = this.startedMs;
    this.silent = false;
    this.allTicks = 0;
    this.bytes = 0;
    this.frames = 0;
    this.unthrottled = 0;
    this.ticks = 0;
    this.conflated = 0;
    this.worstLagMs = -1;
  }

  /**
   * @param {string} text
   * @param {number} arrivedMs by k6's reader of the socket, before the script's turn came
   */
  take(text, arrivedMs) {
    const now = Date.now();
    this.lastFrameMs = now;
    this.bytes += text.length; // frames are ASCII
    // Date.now() has no fractions.
    this.worstLagMs = Math.max(this.worstLagMs, now - arrivedMs, 0);
    const read = this.reader.take(text, arrivedMs);
    for (const kind of read.faults) {
      meters.protocolErrors.add(1, { kind });
      console.warn(`protocol error, ${kind}: ${text.slice(0, 300)}`);
    }
    if (read.ticks > 0) {
      this.frames += 1;
      this.ticks += read.ticks;
      this.allTicks += read.ticks;
      this.conflated += read.conflated;
      if (read.newestMs < -skewMs) {
        meters.clockSkew.add(1);
      }
      const ageMs = Math.max(0, read.oldestMs);
      if (this.reader.throttleMs === 0) {
        this.unthrottled += 1;
        meters.quoteLatency.add(ageMs);
      } else {
        meters.throttledLatency.add(ageMs);
      }
    }
    return read;
  }

  /** Counts go to k6 once per second: a sample per tick would cost more than the tick. */
  report() {
    for (const [meter, count] of /** @type {const} */ ([
      [meters.streamBytes, this.bytes],
      [meters.frames, this.frames],
      [meters.unthrottledFrames, this.unthrottled],
      [meters.ticks, this.ticks],
      [meters.ticksConflated, this.conflated],
    ])) {
      if (count > 0) {
        meter.add(count);
      }
    }
    if (this.worstLagMs >= 0) {
      meters.generatorLag.add(this.worstLagMs);
    }
    this.bytes = 0;
    this.frames = 0;
    this.unthrottled = 0;
    this.ticks = 0;
    this.conflated = 0;
    this.worstLagMs = -1;
  }

  /** @param {string} why */
  markSilent(why) {
    if (!this.silent) {
      this.silent = true;
      meters.silentStreams.add(1);
      console.warn(`silent stream: ${why}`);
    }
  }

  /**
   * Connected but silent: no frame, not even a heartbeat, for longer than the server allows itself.
   */
  lookForSilence() {
    const quietMs = Date.now() - this.lastFrameMs;
    if (this.openedMs > 0 && this.closingMs === 0 && quietMs > this.knobs.silentMs) {
      this.markSilent(`no frame for ${quietMs} ms`);
    }
  }

  /**
   * When it ends: a stream that was open long enough and never had a snapshot, or a tick of a live
   * feed.
   */
  judge() {
    const openMs = (this.closingMs || Date.now()) - this.openedMs;
    if (this.openedMs === 0 || openMs < longEnoughForTicksMs + this.reader.throttleMs) {
      return;
    }
    if (!this.reader.hadSnapshot) {
      this.markSilent(`no snapshot in ${openMs} ms`);
    } else if (this.knobs.expectTicks && this.reader.alwaysLive && this.allTicks === 0) {
      this.markSilent(`no tick in ${openMs} ms`);
    }
  }
}

/**
 * Streams a session until the user leaves or the stream ends.
 * @param {Session} session
 * @param {Knobs} knobs
 * @param {Visit} visit
 * @returns {Promise<StreamEnd>}
 */
export function stream(session, knobs, visit) {
  return new Promise((resolve) => {
    const watch = new Watch(session, knobs);
    const socket = new WebSocket(streamUrl(knobs.baseUrl, session.streamPath), null, {
      tags: { name: names.stream },
    });
    let ended = false;
    /** @param {number} code @param {string} label */
    const end = (code, label) => {
      if (ended) {
        return;
      }
      ended = true;
      clearInterval(ticker);
      clearTimeout(leaving);
      const opened = watch.openedMs > 0;
      const ours =
        opened && code !== 1006 && (watch.closingMs > 0 || visit.endsWith.includes(code));
      watch.report();
      watch.judge();
      if (opened) {
        meters.streamsClosed.add(1);
      }
      if (opened && !ours && !knobs.expectedCloses.includes(code)) {
        const goodbye = watch.reader.goodbye;
        meters.unexpectedCloses.add(1, { code: label });
        console.warn(`unexpected close, ${label}: ${goodbye ? goodbye.detail : 'no goodbye'}`);
      }
      resolve({ opened, ours, code, reader: watch.reader });
    };
    const leave = () => {
      watch.timeIsUp = true;
      if (watch.openedMs > 0 && watch.closingMs === 0) {
        watch.closingMs = Date.now();
        socket.close(1000);
      }
    };
    const leaving = setTimeout(guarded(leave), Math.max(0, visit.leaveAtMs - Date.now()));
    const everySecond = () => {
      watch.report();
      watch.lookForSilence();
      if (watch.closingMs > 0 && Date.now() - watch.closingMs > closeAnswerMs) {
        end(1006, 'unanswered');
      }
    };
    const ticker = setInterval(guarded(everySecond), secondMs);
    listen(socket, watch, visit, leave, end);
  });
}

/**
 * @param {WebSocket} socket
 * @param {Watch} watch
 * @param {Visit} visit
 * @param {() => void} leave
 * @param {(code: number, label: string) => void} end
 */
function listen(socket, watch, visit, leave, end) {
  let hadError = false;
  socket.onopen = guarded(() => {
    watch.openedMs = Date.now();
    watch.lastFrameMs = watch.openedMs;
    meters.streamsOpened.add(1);
    // The handshake took longer than the user's time. Not by the clock: a timer might fire some ms
    // before it.
    if (watch.timeIsUp) {
      leave();
    }
  });
  socket.onmessage = guarded((event) => {
    if (event === undefined || typeof event.data !== 'string') {
      meters.protocolErrors.add(1, { kind: 'not_json' });
      return;
    }
    const had = watch.reader.hadSnapshot;
    const read = watch.take(event.data, event.timestamp);
    if (read.type === 'snapshot' && !had) {
      meters.snapshots.add(1);
      meters.timeToSnapshot.add(event.timestamp - watch.startedMs);
      if (visit.onSnapshot !== undefined) {
        visit.onSnapshot(socket);
      }
    }
  });
  socket.onerror = guarded((event) => {
    hadError = hadError || event === undefined || isRealError(event.error);
  });
  // k6 hands the close event with code and reason, which @types/k6 doesn't know. It comes last,
  // after an error too.
  const typed = /** @type {{ onclose: (event: { code?: number } | undefined) => void }} */ (
    /** @type {unknown} */ (socket)
  );
  typed.onclose = guarded((event) => {
    const code = endCode(event === undefined ? undefined : event.code, hadError);
    end(code, closeLabel(code));
  });
}
