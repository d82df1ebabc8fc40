import { record } from './metrics.js';

/** Blocks, as k6's does: the only way here to wait without giving other users a turn. */
export function sleep(seconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
}

export function check(value, sets) {
  let all = true;
  for (const [name, test] of Object.entries(sets)) {
    const passed = Boolean(typeof test === 'function' ? test(value) : test);
    record('checks', 'rate', passed ? 1 : 0, { check: name });
    if (!passed) {
      console.warn(`check failed: ${name}`);
    }
    all = all && passed;
  }
  return all;
}
