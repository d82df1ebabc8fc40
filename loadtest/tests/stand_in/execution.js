import { AsyncLocalStorage } from 'node:async_hooks';

/** What a VU's code sees of itself: { startTime, idInTest, iteration }, set by run.js. */
export const current = new AsyncLocalStorage();

export class Aborted extends Error {}

export default {
  scenario: {
    get startTime() {
      return current.getStore().startTime;
    },
  },
  vu: {
    get idInTest() {
      return current.getStore().idInTest;
    },
    get iterationInScenario() {
      return current.getStore().iteration;
    },
  },
  test: {
    abort(why) {
      throw new Aborted(why);
    },
  },
};
