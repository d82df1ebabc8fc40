// Exceptions of the scripts themselves. k6 logs one, ends the iteration and exits by 0 all the
// same: here it is counted, and script_errors has a threshold. Each function that k6 calls back is
// guarded by itself, since an exception there does not come by the code that waits for the stream.

import { meters } from './meters.js';

/** @param {unknown} error */
function count(error) {
  meters.scriptErrors.add(1);
  console.error(`script error: ${error instanceof Error && error.stack ? error.stack : error}`);
}

/**
 * `handler` as it can be given to a socket or a timer.
 * @template {unknown[]} Arguments
 * @param {(...given: Arguments) => void} handler
 * @returns {(...given: Arguments) => void}
 */
export function guarded(handler) {
  return (...given) => {
    try {
      handler(...given);
    } catch (error) {
      count(error);
    }
  };
}

/**
 * Does the work to its end; never rejects.
 * @param {() => Promise<void>} work
 */
export async function toItsEnd(work) {
  try {
    await work();
  } catch (error) {
    count(error);
  }
}
