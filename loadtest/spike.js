// Spike: 1,500 users within seconds, hold, all gone at once. Proves that a rush (the market opens,
// a page is linked) is served without a refusal, and that the server is at zero afterwards.

import { loadTest } from './lib/load.js';
import { visit } from './lib/user.js';

const test = loadTest({
  name: 'spike',
  defaults: { VUS: '1500', RAMP: '5s', HOLD: '60s', DOWN: '0s', THROTTLE_MS: '500' },
  goals: {
    creationP95: 500,
    creationP99: 1000,
    snapshotP95: 750,
    snapshotP99: 1500,
    latencyP95: 150,
    latencyP99: 500,
  },
  user: visit,
});

export const options = test.options;
export const setup = test.setup;
export const teardown = test.teardown;
export const handleSummary = test.handleSummary;
export default test.run;
