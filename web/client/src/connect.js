import { Client } from './client.js';
import { checked } from './options.js';

/**
 * @param {import('../index.js').ConnectOptions} options
 * @returns {import('../index.js').TickcastClient}
 */
export function connect(options) {
  return new Client(checked(options));
}
