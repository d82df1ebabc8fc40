// Clients of a test, all closed at its end whatever happened.

import { WebSocket } from 'ws';

import { connect } from '../../index.js';
import { record } from './wait.js';

/**
 * Runs `body` with a function that makes clients. Waits are short: a tenth of what chance may give
 * at most.
 * @param {(make: (options: any) => { client: any, events: any[] }) => Promise<void>} body
 */
export async function withClients(body) {
  const clients = [];
  try {
    await body((options) => {
      const client = connect({ WebSocket, random: () => Math.random() / 10, ...options });
      clients.push(client);
      return {
        client,
        events: record(client, 'state', 'snapshot', 'ticks', 'quote', 'feed', 'error', 'goodbye'),
      };
    });
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

/** The details of one type's events. */
export const detailsOf = (events, type) =>
  events.filter(([each]) => each === type).map(([, detail]) => detail);

/** The states in their order, repetitions left out. */
export const statesOf = (events) =>
  detailsOf(events, 'state')
    .map((each) => each.state)
    .filter((state, index, all) => state !== all[index - 1]);
