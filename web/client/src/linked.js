/**
 * A controller that is aborted with a signal as well.
 * @param {AbortSignal} signal
 */
export function linked(signal) {
  const controller = new AbortController();
  const abort = () => controller.abort();
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  return {
    signal: controller.signal,
    abort,
    /** Must be called at last: the signal can outlive many of these. */
    unlink: () => signal.removeEventListener('abort', abort),
  };
}
