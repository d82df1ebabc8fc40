import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { watchConnection } from '../src/connection_watch.js';

/** A connection that says nothing by itself. @param {string[]} texts what it says at once */
function open(texts) {
  return (onText) => {
    let settle;
    const ended = new Promise((done) => (settle = done));
    queueMicrotask(() => texts.forEach(onText));
    return { ended, close: () => settle({ code: 1000 }), drop: () => settle({ code: 1006 }) };
  };
}

async function watched(texts, limits) {
  const begun = performance.now();
  const messages = [];
  const ended = await watchConnection(open(texts), {
    ...limits,
    signal: new AbortController().signal,
    onMessage: (message) => messages.push(message.type),
  });
  return { ended, messages, tookMs: performance.now() - begun };
}

const snapshot = '{"type":"snapshot","tickers":[],"quotes":[]}';

describe('connection watch', { concurrency: 4, timeout: 120_000 }, () => {
  test('WithoutASnapshot_IsGivenUpAfterTheTimeOfAnOpening', async () => {
    const { ended, tookMs } = await watched([], { silenceMs: 1e6, openWithinMs: 50 });
    assert.deepEqual([ended.reason, ended.code, ended.livedMs], ['silent', 1006, undefined]);
    assert.ok(tookMs >= 49);
  });

  test('WithASnapshot_HasTheTimeOfASilence', async () => {
    const { ended, messages, tookMs } = await watched([snapshot], {
      silenceMs: 400,
      openWithinMs: 50,
    });
    assert.deepEqual([ended.reason, messages], ['silent', ['snapshot']]);
    assert.ok(tookMs >= 399 && ended.livedMs >= 399, `${tookMs}`);
  });

  test('AfterItsSignal_NoMessageIsPassedOn', async () => {
    const controller = new AbortController();
    const messages = [];
    let finish;
    const ended = new Promise((done) => (finish = done));
    const over = watchConnection(
      (onText) => {
        queueMicrotask(() => {
          onText(snapshot);
          controller.abort(); // the close is under way: messages sent before still come
          onText('{"type":"ticks","ticks":[]}');
          finish({ code: 1000 });
        });
        return { ended, close() {}, drop() {} };
      },
      {
        silenceMs: 1e6,
        signal: controller.signal,
        onMessage: ({ type }) => messages.push(type),
      },
    );
    assert.equal((await over).code, 1000);
    assert.deepEqual(messages, ['snapshot']);
  });

  test('WithAShorterSilence_DoesNotWaitForTheOpening', async () => {
    const { ended } = await watched([], { silenceMs: 50, openWithinMs: 1e6 });
    assert.equal(ended.reason, 'silent');
  });
});
