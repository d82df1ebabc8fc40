// Capacity: 0 to 5,000 users in five minutes, five minutes held. Proves that the server carries
// that many, each with a stream that never stops, within the goals of latency.

import { loadTest } from './lib/load.js';
import { visit } from './lib/user.js';

const test = loadTest({
  name: 'capacity',
  defaults: {
    VUS: '5000',
    RAMP: '5m',
    HOLD: '5m',
    DOWN: '10s',
    THROTTLE_MS: '500',
    UNTHROTTLED: '50',
  },
  goals: {
    creationP95: 100,
    creationP99: 250,
    snapshotP95: 200,
    snapshotP99: 500,
    latencyP95: 100,
    latencyP99: 250,
  },
  user: visit,
});

export const options = test.options;
export const setup = test.setup;
export const teardown = test.teardown;
export const handleSummary = test.handleSummary;
export default test.run;
