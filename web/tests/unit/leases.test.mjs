// The shared count of connections in a browser without Web Locks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEASE_MS, Leases } from '../../app/leases.js';
import { Slots } from '../../app/slots.js';

/** Windows of one browser, with a clock that the test sets. */
function browser() {
  const kept = new Map();
  const store = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => kept.set(key, value),
    removeItem: (key) => kept.delete(key),
  };
  const clock = { ms: 1e12 };
  const settle = () => new Promise((go) => setImmediate(go));
  return { store, clock, kept, window: () => new Leases(store, () => clock.ms, settle) };
}

test('Slots_InThreeWindowsWithoutWebLocks_AreFourTogether', async () => {
  const { window } = browser();
  const [first, second, third] = [1, 2, 3].map(() => new Slots(window()));
  const free = await first.take();
  for (const slots of [first, second, second]) assert.ok(await slots.take());
  assert.equal(await first.take(), undefined);
  assert.equal(first.why, 'page');
  assert.equal(await third.take(), undefined);
  assert.equal(third.why, 'browser');
  free();
  await new Promise((go) => setImmediate(go));
  assert.ok(await third.take(), 'one was given back');
  assert.equal(await third.take(), undefined);
});

test('Slots_WhenWindowsAskAtOnce_AreNotGivenTwice', async () => {
  const { window } = browser();
  const windows = [1, 2, 3, 4, 5, 6].map(() => new Slots(window()));
  const given = await Promise.all(windows.map((slots) => slots.take()));
  assert.ok(given.filter(Boolean).length <= 4);
  assert.ok(given.some(Boolean));
});

test('Leases_OfAWindowThatCrashed_LapseAndThoseRenewedDoNot', async () => {
  const { window, clock } = browser();
  const asked = async (leases) => {
    let isGiven;
    leases.request('one', { ifAvailable: true }, (lock) => {
      isGiven = lock !== null;
      return new Promise(() => {});
    });
    while (isGiven === undefined) await new Promise((go) => setImmediate(go));
    return isGiven;
  };
  const first = window();
  assert.equal(await asked(first), true);
  clock.ms += LEASE_MS - 1;
  assert.equal(await asked(window()), false);
  first.renew();
  clock.ms += LEASE_MS - 1;
  assert.equal(await asked(window()), false, 'renewed');
  clock.ms += 1;
  const next = window();
  assert.equal(await asked(next), true, 'lapsed');
  first.renew();
  clock.ms += LEASE_MS - 1;
  assert.equal(await asked(window()), false, 'a late renewal takes nothing back');
  clock.ms -= 10 * LEASE_MS;
  assert.equal(await asked(window()), true, 'the clock was set back');
});

test('Leases_WhereNothingIsStored_AreGivenToEachWindow', async () => {
  const deny = () => {
    throw new Error('denied');
  };
  const slots = new Slots(new Leases({ getItem: deny, setItem: deny, removeItem: deny }));
  assert.ok(await slots.take());
  assert.ok(await slots.take());
  assert.equal(await slots.take(), undefined);
});

test('Slots_InABrowserWithStorageAlone_ShareTheirCount', async (context) => {
  const { store } = browser();
  const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
  const locks = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
  Object.defineProperty(globalThis, 'localStorage', { value: store, configurable: true });
  Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true });
  context.after(() => {
    for (const [name, was] of [
      ['localStorage', before],
      ['navigator', locks],
    ]) {
      if (was) Object.defineProperty(globalThis, name, was);
      else delete globalThis[name];
    }
  });
  const [first, second, third] = [1, 2, 3].map(() => new Slots());
  for (const slots of [first, first, second, second]) assert.ok(await slots.take());
  assert.equal(await third.take(), undefined);
});

test('Leases_WhenAnotherWindowWroteAtTheSameMoment_AreItsAlone', async () => {
  const { window, store, kept, clock } = browser();
  let lock;
  const asked = window().request('one', { ifAvailable: true }, (given) => {
    lock = given;
  });
  const [key] = kept.keys();
  store.setItem(key, `other ${clock.ms + LEASE_MS}`);
  await asked;
  assert.equal(lock, null);
  assert.match(store.getItem(key), /^other /);
});
