// The browser's events of the network and of the page. Node has none of them, and a worker only
// those of the network.

/**
 * @typedef {object} Handlers
 * @property {() => void} onOffline
 * @property {() => void} onOnline
 * @property {() => void} onSeen the page is looked at again, or goes on after a sleep
 */

/** @type {any} without the types of a browser */
const surroundings = globalThis;

/** The browser might be wrong: a server on this machine can be reached without a network. */
export function isOffline() {
  return surroundings.navigator?.onLine === false;
}

/** @param {Handlers} handlers @returns {() => void} stops it */
export function watchSurroundings({ onOffline, onOnline, onSeen }) {
  const page = surroundings.document;
  const onVisibility = () => {
    if (page.visibilityState === 'visible') onSeen();
  };
  /** @type {[any, string, () => void][]} */
  const listeners = [
    [surroundings, 'offline', onOffline],
    [surroundings, 'online', onOnline],
    [surroundings, 'pageshow', onSeen],
    [page, 'resume', onSeen],
    [page, 'visibilitychange', onVisibility],
  ];
  const usable = listeners.filter(([target]) => typeof target?.addEventListener === 'function');
  for (const [target, type, listener] of usable) target.addEventListener(type, listener);
  return () => {
    for (const [target, type, listener] of usable) target.removeEventListener?.(type, listener);
  };
}
