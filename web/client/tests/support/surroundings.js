// Objects that a browser has and Node does not: events of the network and of the page.

/** Runs `body` with them; they are gone afterwards. One test at a time. */
export async function withSurroundings(body) {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  const navigator = { onLine: true };
  const listeners = { count: 0 };
  const counted = (target) => ({
    addEventListener: (type, listener) => (
      (listeners.count += 1),
      target.addEventListener(type, listener)
    ),
    removeEventListener: (type, listener) => (
      (listeners.count -= 1),
      target.removeEventListener(type, listener)
    ),
  });
  const given = { ...counted(window), document, navigator };
  const before = Object.keys(given).map((name) => [
    name,
    Object.getOwnPropertyDescriptor(globalThis, name),
  ]);
  for (const [name, value] of Object.entries(given))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  const browser = {
    listeners,
    /** @param {boolean} onLine */
    setOnline(onLine) {
      navigator.onLine = onLine;
      window.dispatchEvent(new Event(onLine ? 'online' : 'offline'));
    },
    /** @param {'visible' | 'hidden'} state */
    setVisibility(state) {
      document.visibilityState = state;
      document.dispatchEvent(new Event('visibilitychange'));
    },
  };
  try {
    return await body(browser);
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) delete globalThis[name];
      else Object.defineProperty(globalThis, name, descriptor);
    }
  }
}
