// @tickcast/client: live prices from a Tickcast server. docs/CLIENTS.md has examples, index.d.ts
// the whole interface.

export { connect } from './src/connect.js';
export { TickcastError } from './src/errors.js';
