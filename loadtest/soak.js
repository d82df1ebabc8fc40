// Soak: 500 users for an hour, and no stream must end or fall silent in all that time. Proves that
// nothing grows; look at the server's memory and descriptors in Grafana beside it.

import { loadTest } from './lib/load.js';
import { visit } from './lib/user.js';

const test = loadTest({
  name: 'soak',
  defaults: { VUS: '500', RAMP: '1m', HOLD: '1h', DOWN: '30s', THROTTLE_MS: '500' },
  goals: {
    creationP95: 100,
    creationP99: 250,
    snapshotP95: 200,
    snapshotP99: 500,
    latencyP95: 50,
    latencyP99: 150,
  },
  user: visit,
});

export const options = test.options;
export const setup = test.setup;
export const teardown = test.teardown;
export const handleSummary = test.handleSummary;
export default test.run;
