// Whether a connection lives, by a clock and timers that the test moves.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Pulse } from '../src/pulse.js';

/** Runs `body` with a pulse and its clock; what it did is in `did`, as [second, what]. */
async function withPulse(t, judge, body) {
  let now = 0;
  let next;
  t.mock.method(performance, 'now', () => now);
  t.mock.method(globalThis, 'setTimeout', (task, ms) => {
    next = { task, at: now + ms };
    return next;
  });
  t.mock.method(globalThis, 'clearTimeout', (timer) => {
    if (timer === next) next = undefined;
  });
  const did = [];
  const note = (what) => void did.push([now / 1000, what]);
  const pulse = new Pulse({
    openWithinMs: 15_000,
    silenceMs: 40_000,
    ask: () => note('ask'),
    onQuiet: (isQuiet) => note(isQuiet ? 'quiet' : 'heard'),
    onAnswer: () => note('answer'),
    onHeldBack: () => note('held_back'),
    onSilent: () => {
      note('silent');
      pulse.end();
    },
    ...judge(note),
  });
  /** To that second; timers fire at their time, or all late where the program did not run. */
  const go = async (second, { stood = false } = {}) => {
    while (!stood && next !== undefined && next.at <= second * 1000) {
      now = Math.max(now, next.at);
      const { task } = next;
      next = undefined;
      task();
      await settled();
    }
    now = second * 1000;
    const due = next;
    if (stood && due !== undefined && due.at <= now) {
      next = undefined;
      due.task();
    }
    await settled();
  };
  await body({ pulse, did, go });
}

/** What promises do meanwhile. */
async function settled() {
  for (let turn = 0; turn < 5; ++turn) await Promise.resolve();
}

const plain = () => ({});

test('Pulse_WithoutAMessage_AsksAfter3s_IsQuietAfter5s_AndSilentAfter40s', async (t) => {
  await withPulse(t, plain, async ({ pulse, did, go }) => {
    pulse.opened();
    await go(2.9);
    assert.deepEqual(did, []);
    await go(3);
    assert.deepEqual(did, [[3, 'ask']]);
    await go(4.9);
    assert.equal(did.length, 1);
    await go(5);
    assert.deepEqual(did.at(-1), [5, 'quiet']);
    await go(100);
    assert.deepEqual(did.at(-1), [40, 'silent']);
    const asked = did.filter(([, what]) => what === 'ask').map(([second]) => second);
    assert.deepEqual(asked, [3, 8, 13, 18, 23, 28, 33, 38]);
  });
});

test('Pulse_WhenAMessageComes_IsHeard_AndAsksOncePer3sOfSilence', async (t) => {
  await withPulse(t, plain, async ({ pulse, did, go }) => {
    pulse.opened();
    await go(6);
    pulse.heard();
    assert.deepEqual(did.slice(-2), [
      [5, 'quiet'],
      [6, 'heard'],
    ]);
    for (let second = 6; second <= 60; second += 2.5) {
      await go(second);
      pulse.heard();
    }
    assert.equal(did.length, 3, 'messages each 2.5 s: nothing is asked');
    // Answered at once: asked each 3 s.
    for (let second = 63; second < 90; second += 3) {
      await go(second + 0.01);
      pulse.heard();
    }
    assert.equal(did.filter(([second, what]) => second > 60 && what === 'ask').length, 9);
    assert.ok(!did.some(([second, what]) => second > 6 && what === 'quiet'));
  });
});

test('Pulse_WithoutASnapshot_NeitherAsksNorIsQuiet', async (t) => {
  await withPulse(t, plain, async ({ did, go }) => {
    await go(50);
    assert.deepEqual(did, [[15, 'silent']]);
  });
});

test('Pulse_AfterASleep_AsksAndIsNotQuietForTheTimeSlept', async (t) => {
  await withPulse(t, plain, async ({ pulse, did, go }) => {
    pulse.opened();
    await go(1);
    await go(3600, { stood: true });
    assert.deepEqual(did, [[3600, 'ask']]);
    pulse.heard();
    assert.equal(did.length, 1, 'what waited in the socket is a sign of life');
    await go(3601);
    await go(7200, { stood: true });
    await go(7205);
    assert.ok(
      did.some(([second, what]) => second === 7202 && what === 'quiet'),
      'nothing came: said 2 s after the question',
    );
  });
});

test('Pulse_StoppedBetweenQuestionAndAnswer_GivesTheAnswerItsTime', async (t) => {
  await withPulse(t, plain, async ({ pulse, did, go }) => {
    pulse.opened();
    await go(4); // asked at 3
    await go(60, { stood: true });
    assert.deepEqual(
      did.filter(([, what]) => what !== 'ask'),
      [],
    );
    pulse.heard();
    await go(62);
    assert.deepEqual(
      did.filter(([, what]) => what !== 'ask'),
      [],
    );
  });
});

test('Pulse_WithTimersOfAHiddenPage_IsQuietOnlyWhereNothingWasHeard', async (t) => {
  await withPulse(t, plain, async ({ pulse, did, go }) => {
    pulse.opened();
    for (let minute = 1; minute <= 5; ++minute) {
      await go(minute * 60, { stood: true });
      pulse.heard(); // the answer comes at once: messages are not held back
    }
    assert.ok(!did.some(([, what]) => what === 'quiet' || what === 'silent'), JSON.stringify(did));
    await go(6 * 60, { stood: true });
    await go(7 * 60, { stood: true });
    assert.ok(
      did.some(([, what]) => what === 'quiet' || what === 'silent'),
      'a minute without an answer',
    );
  });
});

test('Pulse_Woken_AsksAtOnce_AndGivesUpWhatDoesNotAnswer', async (t) => {
  await withPulse(t, plain, async ({ pulse, did, go }) => {
    pulse.wake(2_000);
    assert.deepEqual(did, [], 'not while it is being opened');
    pulse.opened();
    await go(0.4);
    pulse.wake(2_000);
    assert.deepEqual(did, [], 'a message a moment ago is enough');
    await go(1);
    pulse.wake(2_000);
    assert.deepEqual(did, [[1, 'ask']]);
    await go(1.5);
    pulse.heard();
    await go(4);
    assert.deepEqual(did, [[1, 'ask']], 'answered');
    pulse.wake(2_000);
    await go(7);
    assert.deepEqual(did.at(-1), [6, 'silent']);
  });
});

test('Pulse_AnsweredBesideTheConnection_IsNotQuiet_ButSilentAfter40s', async (t) => {
  await withPulse(
    t,
    (note) => ({ ask: () => (note('ask'), Promise.resolve(true)) }),
    async ({ pulse, did, go }) => {
      pulse.opened();
      await go(100);
      assert.ok(!did.some(([, what]) => what === 'quiet'));
      assert.deepEqual(did.at(-1), [40, 'silent']);
      assert.equal(pulse.answers, did.filter(([, what]) => what === 'answer').length);
      assert.ok(pulse.answers >= 12, `${pulse.answers}`);
    },
  );
});

test('Pulse_RefusedBesideTheConnection_IsQuiet', async (t) => {
  await withPulse(
    t,
    () => ({ ask: () => Promise.resolve(false) }),
    async ({ pulse, did, go }) => {
      pulse.opened();
      await go(5);
      assert.deepEqual(did, [[5, 'quiet']]);
    },
  );
});

test('Pulse_WhoseQuestionsNeverLeave_JudgesByTheHeartbeat', async (t) => {
  const never = (note) => ({ ask: () => (note('ask'), new Promise(() => {})) });
  await withPulse(t, never, async ({ pulse, did, go }) => {
    pulse.opened();
    for (let second = 15; second <= 60; second += 15) {
      await go(second);
      pulse.heard();
    }
    // Twice it was wrong: each time the heartbeat came while a question was in the browser's
    // queue.
    assert.deepEqual(
      did.filter(([, what]) => what === 'quiet').map(([second]) => second),
      [5, 20],
    );
    await go(79);
    assert.ok(!pulse.isQuiet);
    await go(80);
    assert.ok(pulse.isQuiet, '20 s without the heartbeat');
    pulse.heard();
    assert.ok(!pulse.isQuiet);
  });
});

test('Pulse_OfPolling_IsQuiet2sAfterAPollThatNothingAnswered', async (t) => {
  await withPulse(
    t,
    () => ({ ask: undefined }),
    async ({ pulse, did, go }) => {
      pulse.asked();
      await go(10);
      assert.deepEqual(did, [], 'the opening has its own time');
      pulse.heard();
      pulse.opened();
      await go(11.5);
      pulse.asked();
      await go(13.4);
      assert.deepEqual(did, []);
      await go(13.5);
      assert.deepEqual(did, [[13.5, 'quiet']]);
      pulse.heard();
      assert.deepEqual(did.at(-1), [13.5, 'heard']);
    },
  );
});

test('Pulse_ThatIsNotToAsk_IsNotQuiet_AndAsksLater', async (t) => {
  let answer = 'later';
  await withPulse(
    t,
    (note) => ({ ask: () => (note('ask'), Promise.resolve(answer)) }),
    async ({ pulse, did, go }) => {
      pulse.opened();
      await go(10);
      assert.deepEqual(
        did,
        [3, 6, 9].map((second) => [second, 'ask']),
      );
      assert.equal(pulse.answers, 0);
      answer = false;
      await go(14);
      assert.deepEqual(did.slice(3), [
        [12, 'ask'],
        [14, 'quiet'],
      ]);
    },
  );
});
