/**
 * @param {number} ms
 * @param {...AbortSignal} signals each ends the wait at once
 * @returns {Promise<void>}
 */
export function pause(ms, ...signals) {
  return new Promise((resolve) => {
    if (signals.some((signal) => signal.aborted)) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    for (const signal of signals) signal.addEventListener('abort', end);
  });
}
