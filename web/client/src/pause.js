/**
 * @param {number} ms
 * @param {AbortSignal} signal ends the wait at once
 * @returns {Promise<void>}
 */
export function pause(ms, signal) {
    return new Promise((resolve) => {
        if (signal.aborted) {
            resolve();
            return;
        }
        const end = () => {
            clearTimeout(timer);
            signal.removeEventListener('abort', end);
            resolve();
        };
        const timer = setTimeout(end, ms);
        signal.addEventListener('abort', end);
    });
}
