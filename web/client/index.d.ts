/** One ticker's whole merged quote. A value that was never known is absent. */
export interface Tick {
  /** Ticker. */
  readonly s: string;
  /** Last price and size. */
  readonly p?: number;
  readonly z?: number;
  /** Best bid and its size. */
  readonly b?: number;
  readonly bz?: number;
  /** Best ask and its size. */
  readonly a?: number;
  readonly az?: number;
  /** Time at the source, microseconds since the Unix epoch. */
  readonly x?: number;
  /** Time taken in by the server, microseconds since the Unix epoch. */
  readonly t: number;
  /** The ticker's sequence number; compares within one epoch of the server only. */
  readonly n: number;
}

export type FeedState = 'live' | 'stale';
/** `polling`: streams do not come through, so prices are asked for every second or two. */
export type Transport = 'websocket' | 'sse' | 'polling';
export type State = 'connecting' | 'live' | 'reconnecting' | 'closed';

/**
 * The known quotes of `tickers`: all tickers of the session after each connection, only the added
 * ones after a change.
 */
export interface Snapshot {
  readonly type: 'snapshot';
  readonly session_id: string;
  /** Changes with the server's process. Empty while polling. */
  readonly epoch: string;
  /** Absent while polling: a list of quotes does not say it. */
  readonly feed?: FeedState;
  readonly tickers: readonly string[];
  /** Of those that have one. */
  readonly quotes: readonly Tick[];
}

/** The server's last message before it ends a stream. */
export interface Goodbye {
  readonly type: 'goodbye';
  readonly code:
    'draining' | 'flooding' | 'deleted' | 'taken_over' | 'too_old' | 'too_slow' | (string & {});
  readonly detail: string;
  readonly limit?: unknown;
  readonly reconnect_in_ms?: number;
}

export interface StateChange {
  readonly state: State;
  /**
   * Why: a code of the server's (`draining`, `at_capacity`, …), one of the client's own (see
   * TickcastError), or `polling` (of `live`).
   */
  readonly reason?: string;
  /** The cause in words, for people: the refused request, where, and the server's answer. */
  readonly detail?: string;
  /**
   * The same for programs: `code`, HTTP `status`, `limit`; `cause` is the platform's own error
   * (in Node with a `code`).
   */
  readonly error?: TickcastError;
  /** The close code of the stream that ended, where one did. */
  readonly code?: number;
  /** When the next attempt is made. The same state comes again with each attempt that failed. */
  readonly retryInMs?: number;
}

export interface Latency {
  /** Milliseconds; undefined while the last minute had no tick. */
  readonly p50: number | undefined;
  readonly p99: number | undefined;
  /** Ticks of the last minute. */
  readonly count: number;
}

export interface Stats {
  /** Ticks received, snapshots excluded. */
  readonly received: number;
  /** Ticks left out in favour of newer ones, counted from gaps of `n`. */
  readonly conflated: number;
  /** `ticks` frames received. */
  readonly frames: number;
  /** Streams that were lost and came back. */
  readonly reconnects: number;
  /**
   * Time from the server's taking a tick in to its arrival here, over the last minute. Over events
   * it is known to within a second, where the server's answers show their Date.
   */
  readonly latency: Latency;
  /** Ticks received per second, over the last five seconds. */
  readonly updatesPerSecond: number;
}

/** Gives the connection back; nothing: there is none now. */
export type EventSlot = (() => void) | null | undefined | void;

/**
 * A change (`add`, `remove`, `throttle`) that the server has not accepted yet, and that is tried
 * again.
 */
export interface Refused {
  /** `rate_limited`, `at_capacity`, …; `network`: nothing answered. */
  readonly error: TickcastError;
  readonly retryInMs: number;
}

export interface ConnectOptions {
  /** Base address of the server: `location.origin`, `"http://host:8080"`. */
  url: string | { readonly href: string };
  /** Can be left out only with `session`. */
  tickers?: readonly string[];
  /** Least time between two frames, 0 to 60,000 ms. */
  throttleMs?: number;
  /**
   * Streams this session as it is. If it is gone, a new one is made of `tickers`, where there are
   * any.
   */
  session?: string;
  /**
   * `auto` (default): WebSocket, events (SSE) where that is blocked or missing, and polling where
   * no event comes through either; a better transport is tried again from time to time.
   */
  transport?: 'auto' | Transport;
  /**
   * The client gives up a connection on which not even a heartbeat came for this time: 40,000 ms by
   * default.
   */
  silenceMs?: number;
  /** Closes the client. */
  signal?: AbortSignalLike;
  /**
   * Asked before events (SSE) are tried beside polling: an event stream holds one of a browser's
   * six connections to a host. Nothing (or an error): not now; it is asked again with the next
   * trial, a minute later at most. A function: the client has the connection, and calls this
   * function once, when the trial has failed or the event stream that took over has ended. It is
   * not asked before other event streams (the first one, one that comes back): `transport` shows
   * those.
   */
  eventSlot?: () => EventSlot | Promise<EventSlot>;
  /** In place of the built-in ones, or of `ws` in Node. null = there is none. */
  WebSocket?: unknown;
  fetch?: (input: any, init?: any) => Promise<any>;
  random?: () => number;
}

/**
 * What connect() needs of an AbortSignal. These types need neither lib DOM nor @types/node.
 */
export interface AbortSignalLike {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A CustomEvent where the program's types have one (lib DOM, @types/node). */
export type DetailEvent<Detail> = (typeof globalThis extends {
  CustomEvent: { prototype: infer Base };
}
  ? Omit<Base, 'detail'>
  : { readonly type: string }) & { readonly detail: Detail };

export type DetailListener<Detail> =
  ((event: DetailEvent<Detail>) => void) | { handleEvent(event: DetailEvent<Detail>): void } | null;

export type AnyListener = ((event: any) => void) | { handleEvent(event: any): void } | null;

export interface ListenerOptions {
  capture?: boolean;
  once?: boolean;
  passive?: boolean;
  signal?: any;
}

/** The fate of the session when a client was closed. */
export interface Closing {
  /** The server has deleted the session, or had dropped it already. */
  readonly deleted: boolean;
  /**
   * Why it could not be deleted. The server drops a session that no client streams, 30 s later by
   * default.
   */
  readonly error?: TickcastError;
}

export interface TickcastEvents {
  state: StateChange;
  snapshot: Snapshot;
  /** A frame's ticks: at most one per ticker. */
  ticks: readonly Tick[];
  /** A ticker's newest quote, of a snapshot or a frame. */
  quote: Tick;
  feed: FeedState;
  /**
   * true: no sign of life although the client asked for one (5 s after the last one); false: there
   * is one again.
   */
  quiet: boolean;
  /**
   * A change waits because the server refused it for the moment (429, 503, no answer); again with
   * each try, and null when no change waits any more: it was accepted, was refused permanently, or
   * waits for the next connection.
   */
  refused: Refused | null;
  /** The client closes for this reason. */
  error: TickcastError;
  goodbye: Goodbye;
}

export declare class TickcastError extends Error {
  constructor(
    code: string,
    detail: string,
    more?: { status?: number; limit?: unknown; tickers?: readonly string[]; cause?: unknown },
  );
  /**
   * A code of the server's (`unknown_ticker`, `taken_over`, …), or one of the client's own:
   * - of a request: `network` (nothing that could be understood answered), `http_404` and the
   *   like (an answer that is not the server's);
   * - of a stream: `lost`, `silent`, `held_back`, `blocked`, `unreadable`, `closed_1011` and the
   *   like;
   * - of the client: `offline`, `closed`, `protocol_error`, `no_websocket`, `internal`.
   */
  readonly code: string;
  readonly detail: string;
  /** HTTP status, where the server refused a request. */
  readonly status?: number;
  /** The limit that was exceeded, as the server said it. */
  readonly limit?: unknown;
  /** The tickers that were refused. */
  readonly tickers?: readonly string[];
  /**
   * The platform's own error, where there is one. In Node its `code` distinguishes a refused
   * address from an unknown name or a bad certificate.
   */
  readonly cause?: unknown;
}

export interface TickcastClient extends AsyncIterable<Tick> {
  readonly state: State;
  /** undefined while not connected: the feed's state is unknown then. */
  readonly feed: FeedState | undefined;
  readonly sessionId: string | undefined;
  readonly transport: Transport | undefined;
  /** The wanted tickers, changes under way included. */
  readonly tickers: string[];
  readonly throttleMs: number;
  /** Newest known quote of each ticker; the quotes are old while `state` is not `live`. */
  readonly quotes: ReadonlyMap<string, Tick>;
  readonly stats: Stats;
  /**
   * How long nothing came, not even a heartbeat; undefined unless live. A server that stands still
   * shows here first: the connection is given up only after `silenceMs`. By a clock that is never
   * set. Some such clocks stand still while a machine sleeps; then `isQuiet` says, within 5 s,
   * whether the connection has outlived the sleep.
   */
  readonly quietMs: number | undefined;
  /** No sign of life, although the client asked for one: prices might be old. Only while `live`. */
  readonly isQuiet: boolean;

  /** Resolved once the server agreed; while not connected, that is after the next connection. */
  add(...tickers: string[]): Promise<void>;
  remove(...tickers: string[]): Promise<void>;
  throttle(ms: number): Promise<void>;
  /**
   * Ends the stream, and iterators. The server keeps the session for some seconds unless it is
   * deleted. Never rejects, and takes 5 s at most.
   */
  close(options?: { deleteSession?: boolean }): Promise<Closing>;
  /** The server's clock, in ms since the Unix epoch; undefined while it is not known. */
  serverNow(): number | undefined;

  /** Calls `handler` with the event's detail; returns a function that removes the handler. */
  on<Type extends keyof TickcastEvents>(
    type: Type,
    handler: (detail: TickcastEvents[Type]) => void,
  ): () => void;

  addEventListener<Type extends keyof TickcastEvents>(
    type: Type,
    listener: DetailListener<TickcastEvents[Type]>,
    options?: boolean | ListenerOptions,
  ): void;
  addEventListener(type: string, listener: AnyListener, options?: boolean | ListenerOptions): void;
  removeEventListener<Type extends keyof TickcastEvents>(
    type: Type,
    listener: DetailListener<TickcastEvents[Type]>,
    options?: boolean | ListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: AnyListener,
    options?: boolean | ListenerOptions,
  ): void;
  dispatchEvent(event: any): boolean;

  /**
   * Newest quotes as they come, beginning with those known. Only the newest quote of each ticker
   * waits, never a queue. Ends with close(); throws a TickcastError where the client closed for
   * another reason.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Tick>;
}

/**
 * Makes a session (or takes the given one) and streams it until close(). Throws a TypeError on
 * wrong options.
 */
export declare function connect(options: ConnectOptions): TickcastClient;
