// The types of index.d.ts, for programs that require().
import type * as Whole from './index.js' with { 'resolution-mode': 'import' };

export declare const connect: typeof Whole.connect;
export declare const TickcastError: typeof Whole.TickcastError;
export type TickcastError = Whole.TickcastError;
export type Closing = Whole.Closing;
export type ConnectOptions = Whole.ConnectOptions;
export type EventSlot = Whole.EventSlot;
export type FeedState = Whole.FeedState;
export type Goodbye = Whole.Goodbye;
export type Latency = Whole.Latency;
export type Refused = Whole.Refused;
export type Snapshot = Whole.Snapshot;
export type State = Whole.State;
export type StateChange = Whole.StateChange;
export type Stats = Whole.Stats;
export type Tick = Whole.Tick;
export type TickcastClient = Whole.TickcastClient;
export type TickcastEvents = Whole.TickcastEvents;
export type Transport = Whole.Transport;
export type AbortSignalLike = Whole.AbortSignalLike;
export type AnyListener = Whole.AnyListener;
export type DetailEvent<Detail> = Whole.DetailEvent<Detail>;
export type DetailListener<Detail> = Whole.DetailListener<Detail>;
export type ListenerOptions = Whole.ListenerOptions;
