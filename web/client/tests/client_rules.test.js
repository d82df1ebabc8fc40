// The contract's rules for a client, against a server that brings about each rule's case.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WebSocket } from 'ws';

import { connect, TickcastError } from '../index.js';
import { snapshot, withStandIn } from './support/stand_in_server.js';
import { record, stateWhere, until } from './support/wait.js';

const ids = (standIn) =>
  standIn.requests.filter((each) => each.method === 'UPGRADE').map((each) => each.path);

/** Runs `body` with a client of a stand-in; both are gone afterwards. */
async function withClient(behaviour, options, body) {
  await withStandIn(behaviour, async (standIn) => {
    const client = connect({
      url: standIn.url,
      tickers: ['A'],
      random: () => 0,
      WebSocket,
      ...options,
    });
    const events = record(client, 'state', 'error', 'goodbye', 'feed');
    try {
      await body({ client, standIn, events });
    } finally {
      await client.close();
    }
  });
}

const closing = (code, goodbye) => (socket, id) => {
  socket.send(JSON.stringify(snapshot(id)));
  if (goodbye) socket.send(JSON.stringify({ type: 'goodbye', detail: 'so it is', ...goodbye }));
  if (code === 1006) socket.terminate();
  else socket.close(code);
};

describe('client rules', { concurrency: 8, timeout: 120_000 }, () => {
  for (const [code, name] of [
    [1002, 'protocol_error'],
    [1003, 'binary_message'],
    [1007, 'bad_utf8'],
    [1008, 'flooding'],
    [1009, 'message_too_big'],
    [4000, 'deleted'],
    [4001, 'taken_over'],
  ]) {
    // contract: CLI-3
    test(`Close${code}_EndsTheClient`, async () => {
      await withClient({ stream: closing(code) }, {}, async ({ client, standIn, events }) => {
        await assert.rejects(
          async () => {
            for await (const tick of client) assert.fail(`${tick.s} has no quote`);
          },
          (error) => error instanceof TickcastError && error.code === name,
        );
        assert.equal(client.state, 'closed');
        assert.deepEqual(events.at(-1)[1].code, name);
        await assert.rejects(client.add('B'), { code: 'closed' });
        await assert.rejects(client[Symbol.asyncIterator]().next(), { code: name });
        assert.equal(standIn.count('UPGRADE'), 1);
      });
    });
  }

  for (const code of [1000, 1001, 1006, 1011, 4003]) {
    // contract: CLI-1
    test(`Close${code}_ComesBackToTheSameSession`, async () => {
      const stream = (socket, id, number) =>
        number === 1 ? closing(code)(socket, id) : socket.send(JSON.stringify(snapshot(id)));
      await withClient({ stream }, {}, async ({ client, standIn, events }) => {
        await until(() => client.stats.reconnects === 1);
        assert.deepEqual(ids(standIn), ['/v1/stream/session-1', '/v1/stream/session-1']);
        assert.equal(standIn.count('POST'), 1);
        const [lost] = events
          .map((each) => each[1])
          .filter((each) => each.state === 'reconnecting');
        assert.equal(lost.code, code);
      });
    });
  }

  // contract: CLI-2
  test('Close4002_MakesANewSessionOfTheSameTickersAfterTheGivenWait', async () => {
    const stream = (socket, id, number) =>
      number === 1
        ? closing(4002, { code: 'too_old', reconnect_in_ms: 30, limit: 7 })(socket, id)
        : socket.send(JSON.stringify(snapshot(id)));
    await withClient(
      { stream },
      { tickers: ['A', 'B'], throttleMs: 250 },
      async ({ client, standIn, events }) => {
        await until(() => client.stats.reconnects === 1);
        assert.deepEqual(ids(standIn), ['/v1/stream/session-1', '/v1/stream/session-2']);
        assert.equal(client.sessionId, 'session-2');
        const bodies = standIn.requests
          .filter((each) => each.method === 'POST')
          .map((each) => each.body);
        // The snapshot said that the session holds A alone.
        assert.deepEqual(bodies, [
          { tickers: ['A', 'B'], throttle_ms: 250 },
          { tickers: ['A'], throttle_ms: 250 },
        ]);
        const lost = await stateWhere(events, (each) => each.state === 'reconnecting');
        const { error, ...news } = lost;
        assert.deepEqual(news, {
          state: 'reconnecting',
          reason: 'too_old',
          code: 4002,
          retryInMs: 30,
          detail: 'so it is (limit: 7)',
        });
        assert.ok(error instanceof TickcastError && error.code === 'too_old' && error.limit === 7);
        assert.equal(events.find(([type]) => type === 'goodbye')[1].limit, 7);
      },
    );
  });

  test('LostAfterTheGoodbye_IsWhatTheGoodbyeSaid', async () => {
    await withClient(
      { stream: closing(1006, { code: 'taken_over' }) },
      {},
      async ({ client, standIn }) => {
        await assert.rejects(client[Symbol.asyncIterator]().next(), {
          code: 'taken_over',
          detail: 'so it is',
        });
        assert.equal(standIn.count('UPGRADE'), 1);
      },
    );
  });

  for (const status of [400, 403, 404, 413, 422]) {
    test(`Creation_RefusedBy${status}_EndsTheClient`, async () => {
      const answer = () => ({
        status,
        body: { code: 'some_code', detail: 'why', tickers: ['A'], limit: 3 },
      });
      await withClient({ answer }, {}, async ({ client, standIn, events }) => {
        const error = await until(() => events.find(([type]) => type === 'error')?.[1]);
        assert.ok(error instanceof TickcastError);
        assert.deepEqual(
          [error.code, error.status, error.detail, error.limit, error.tickers],
          ['some_code', status, 'why', 3, ['A']],
        );
        assert.equal(client.state, 'closed');
        assert.equal(standIn.requests.length, 1);
      });
    });
  }

  for (const status of [408, 429, 500, 502, 503]) {
    test(`Creation_RefusedBy${status}_IsTriedAgain`, async () => {
      const answer = ({ method, number }) =>
        method === 'POST' && number < 4 ? { status, headers: { 'Retry-After': '0' } } : undefined;
      const stream = (socket, id) => socket.send(JSON.stringify(snapshot(id)));
      await withClient({ answer, stream }, {}, async ({ client, standIn, events }) => {
        await until(() => client.state === 'live');
        assert.equal(standIn.count('POST'), 4);
        assert.deepEqual(
          events.slice(0, 3).map(([, detail]) => [detail.state, detail.reason]),
          Array(3).fill(['connecting', `http_${status}`]),
        );
      });
    });
  }

  test('Refusals_WithRetryAfter_AreWaitedFor', async () => {
    const answer = () => ({
      status: 503,
      headers: { 'Retry-After': '9' },
      body: { code: 'at_capacity' },
    });
    await withClient({ answer }, { random: () => 0.5 }, async ({ standIn, events }) => {
      const refused = await stateWhere(events, (each) => each.retryInMs);
      const { error, ...news } = refused;
      const detail = '503 at_capacity: the server answered 503';
      assert.deepEqual(news, {
        state: 'connecting',
        reason: 'at_capacity',
        retryInMs: 9250,
        detail,
      });
      assert.deepEqual([error.code, error.status], ['at_capacity', 503]);
      assert.equal(standIn.requests.length, 1);
    });
  });

  // contract: CLI-4
  test('FailedUpgrade_WhenTheSessionIsGone_MakesANewOneAtOnceButNotAgainAtOnce', async () => {
    const answer = ({ method }) =>
      method === 'GET' ? { status: 404, body: { code: 'no_such_session' } } : undefined;
    await withClient(
      { answer },
      { random: () => 0.01, transport: 'websocket' },
      async ({ standIn, events }) => {
        await until(() => standIn.count('POST') === 4);
        const waits = events.map((each) => each[1].retryInMs).slice(0, 3);
        assert.deepEqual(waits, [0, 10, 20]);
        assert.equal(
          new Set(ids(standIn)).size,
          ids(standIn).length,
          'each upgrade was of a new session',
        );
      },
    );
  });

  for (const [status, action] of [
    [403, 'closed'],
    [429, 'connecting'],
    [503, 'connecting'],
  ]) {
    // contract: CLI-4
    test(`FailedUpgrade_WhenTheSessionsAnswerIs${status}_Is${action}`, async () => {
      const answer = ({ method }) =>
        method === 'GET'
          ? { status, headers: { 'Retry-After': '5' }, body: { code: 'why' } }
          : undefined;
      await withClient({ answer }, {}, async ({ events }) => {
        const next = await stateWhere(events, (each) => each.reason === 'why');
        assert.equal(next.state, action);
        if (action === 'connecting') assert.equal(next.retryInMs, 5000);
      });
    });
  }

  for (const text of [
    '{"type":',
    'null',
    '"ticks"',
    '{}',
    '{"type":"snapshot","tickers":["A"]}',
    '{"type":"ticks"}',
    '{"type":"subscribed"}',
  ]) {
    test(`UnreadableMessage_${text}_GivesTheConnectionUp`, async () => {
      const stream = (socket, id, number) => {
        if (number > 1 || text.includes('ticks') || text.includes('subscribed'))
          socket.send(JSON.stringify(snapshot(id)));
        if (number === 1) socket.send(text);
      };
      await withClient({ stream }, {}, async ({ client, events }) => {
        await stateWhere(events, (each) => each.reason === 'unreadable');
        await until(() => client.state === 'live');
      });
    });
  }

  for (const body of [
    undefined,
    {},
    { session_id: 'S' },
    { session_id: 'S', tickers: [1], throttle_ms: 0 },
  ]) {
    test(`CreationAnsweredBy_${JSON.stringify(body)}_IsTriedAgain`, async () => {
      const answer = ({ method, number }) =>
        method === 'POST' && number === 1 ? { status: 201, body } : undefined;
      const stream = (socket, id) => socket.send(JSON.stringify(snapshot(id)));
      await withClient({ answer, stream }, {}, async ({ client, events }) => {
        await until(() => client.state === 'live');
        assert.equal(events[0][1].reason, 'network');
      });
    });
  }

  // contract: STR-6
  test('MessagesAndMembersOfANewerServer_AreIgnored', async () => {
    const stream = (socket, id) => {
      for (const message of [
        { type: 'weather', sun: true },
        snapshot(id, ['A'], { moon: 1 }),
        { type: 'tide' },
      ]) {
        socket.send(JSON.stringify(message));
      }
      socket.send(
        JSON.stringify({ type: 'ticks', high: true, ticks: [{ s: 'A', t: 1, n: 1, q: 'new' }] }),
      );
    };
    await withClient({ stream }, {}, async ({ client, standIn }) => {
      await until(() => client.stats.received === 1);
      assert.equal(client.quotes.get('A').q, 'new');
      assert.equal(standIn.count('UPGRADE'), 1);
    });
  });

  test('Handlers_ThatThrow_AreReportedAndLeaveTheStreamAlone', async (t) => {
    const thrown = [];
    const queue = globalThis.queueMicrotask;
    t.mock.method(globalThis, 'queueMicrotask', (task) =>
      queue(() => {
        try {
          task();
        } catch (error) {
          thrown.push(error.message);
        }
      }),
    );
    const stream = (socket, id) => socket.send(JSON.stringify(snapshot(id)));
    await withClient({ stream }, {}, async ({ client }) => {
      client.on('snapshot', () => {
        throw new Error('mine');
      });
      await until(() => thrown.length > 0);
      assert.deepEqual(thrown, ['mine']);
      assert.equal(client.state, 'live');
    });
  });

  test('Close_WhileWaiting_EndsAtOnce', async () => {
    const answer = () => ({ status: 503, headers: { 'Retry-After': '3600' } });
    await withClient({ answer }, {}, async ({ client, events }) => {
      await stateWhere(events, (each) => each.retryInMs);
      const change = assert.rejects(client.add('B'), { code: 'closed' });
      await client.close();
      await change;
      assert.deepEqual(events.at(-1), ['state', { state: 'closed', reason: 'closed' }]);
      assert.deepEqual(await client[Symbol.asyncIterator]().next(), {
        done: true,
        value: undefined,
      });
    });
  });

  for (const [what, behaviour] of [
    ['Creation', { answer: ({ method }) => (method === 'POST' ? 'never' : undefined) }],
    ['Opening', { stream: 'never' }],
    ['Snapshot', { stream: () => {} }],
  ]) {
    test(`Close_DuringThe${what}_EndsAtOnce`, async () => {
      await withClient(behaviour, {}, async ({ client, standIn, events }) => {
        await until(() => standIn.count(what === 'Creation' ? 'POST' : 'UPGRADE') === 1);
        const begun = performance.now();
        await client.close();
        assert.ok(performance.now() - begun < 1800, 'sooner than an unanswered close is given up');
        assert.deepEqual(
          events.map(([, detail]) => detail.state),
          ['closed'],
        );
      });
    });
  }

  for (const status of [404, 429, 503]) {
    test(`Change_RefusedBy${status}_IsTriedAgain`, async () => {
      const answer = ({ method, number }) =>
        method === 'PATCH' && number < 3 ? { status, headers: { 'Retry-After': '0' } } : undefined;
      const stream = (socket, id) => socket.send(JSON.stringify(snapshot(id)));
      await withClient({ answer, stream }, { random: () => 0.1 }, async ({ client, standIn }) => {
        await until(() => client.state === 'live');
        const refused = [];
        client.on('refused', (detail) => refused.push(detail));
        const begun = performance.now();
        await client.add('B');
        await until(() => refused.length === (status === 404 ? 0 : 3));
        assert.deepEqual(
          refused.map((detail) => detail && [detail.error.status, detail.retryInMs]),
          status === 404 ? [] : [[status, 50], [status, 100], null],
        );
        assert.equal(standIn.count('PATCH'), 3);
        assert.ok(performance.now() - begun >= 140, 'waits of 50 and 100 ms');
      });
    });
  }

  test('Change_ThatNothingAnswered_IsSentAgainWithTheNextStream', async () => {
    let patches = 0;
    const fetches = (input, init) =>
      init.method === 'PATCH' && ++patches === 1
        ? Promise.reject(new Error('cut'))
        : fetch(input, init);
    const sockets = [];
    const stream = (socket, id) => {
      sockets.push(socket);
      socket.send(JSON.stringify(snapshot(id)));
    };
    // By chance alone it would wait for 50 s.
    let chance = 0;
    let drawn = 0;
    const random = () => ((drawn += 1), chance);
    await withClient({ stream }, { fetch: fetches, random }, async ({ client }) => {
      await until(() => client.state === 'live');
      chance = 100;
      const before = drawn;
      const added = client.add('B');
      await until(() => patches === 1 && drawn > before);
      chance = 0;
      sockets[0].terminate();
      let isAdded = false;
      added.then(
        () => (isAdded = true),
        () => {},
      );
      await until(() => client.stats.reconnects === 1 && isAdded, 'added', 20_000);
      assert.equal(patches, 2);
    });
  });

  test('Change_RefusedForWhatItSays_IsNotTriedAgain', async () => {
    const answer = ({ method }) =>
      method === 'PATCH'
        ? { status: 422, body: { code: 'too_many_tickers', limit: 1 } }
        : undefined;
    const stream = (socket, id) => socket.send(JSON.stringify(snapshot(id)));
    await withClient({ answer, stream }, {}, async ({ client, standIn }) => {
      await until(() => client.state === 'live');
      await assert.rejects(client.add('B'), { code: 'too_many_tickers', limit: 1, status: 422 });
      assert.deepEqual([client.tickers, client.state, standIn.count('PATCH')], [['A'], 'live', 1]);
    });
  });

  test('Latency_WhenTheServersClockIsAnHourAhead_IsThatOfTheTicks', async () => {
    const server = () => (Date.now() + 3_600_000) * 1000;
    const stream = (socket, id) => {
      socket.send(JSON.stringify(snapshot(id)));
      socket.once('message', (text) => {
        socket.send(JSON.stringify({ type: 'pong', id: JSON.parse(text).id, t: server() }));
        socket.send(JSON.stringify({ type: 'pong', id: 'of nobody', t: 0 }));
        socket.send(
          JSON.stringify({ type: 'ticks', ticks: [{ s: 'A', n: 1, t: server() - 5_000_000 }] }),
        );
      });
    };
    await withClient({ stream }, {}, async ({ client }) => {
      const { p50 } = await until(() => client.stats.latency.count === 1 && client.stats.latency);
      // Known to half a round trip, which might be long where the machine is busy.
      assert.ok(p50 > 4000 && p50 < 7000, `${p50}`);
    });
  });

  test('Signal_ClosesTheClient', async () => {
    const stream = (socket, id) => socket.send(JSON.stringify(snapshot(id)));
    const controller = new AbortController();
    await withClient({ stream }, { signal: controller.signal }, async ({ client }) => {
      await until(() => client.state === 'live');
      controller.abort();
      await until(() => client.state === 'closed');
    });
    await withClient({ stream }, { signal: controller.signal }, async ({ client, standIn }) => {
      await until(() => client.state === 'closed');
      assert.equal(standIn.requests.length, 0);
    });
  });

  test('Url_OfAWebSocketOrWithAPath_IsTheBaseOfAllRequests', async () => {
    const answer = () => ({ status: 422 });
    await withStandIn({ answer }, async ({ url, requests }) => {
      for (const base of [
        url.replace('http', 'ws'),
        new URL(`${url}/?query#hash`),
        `${url}/prices/`,
        `${url}/prices`,
      ]) {
        const client = connect({ url: base, tickers: ['A'], WebSocket });
        await until(() => client.state === 'closed');
      }
      const paths = requests.map((each) => each.path);
      assert.deepEqual(paths, [
        '/v1/sessions',
        '/v1/sessions',
        '/prices/v1/sessions',
        '/prices/v1/sessions',
      ]);
    });
  });

  test('Options_ThatAreWrong_AreATypeError', () => {
    const url = 'http://127.0.0.1:1';
    for (const options of [
      { url },
      { url, tickers: [] },
      { url, tickers: 'AAPL' },
      { url: 'ftp://a', tickers: ['A'] },
      { url: 'nowhere', tickers: ['A'] },
      { tickers: ['A'] },
      { url, tickers: ['A'], transport: 'pigeon' },
      { url, tickers: ['A'], throttleMs: '5' },
      { url, tickers: ['A'], silenceMs: 0 },
      { url, tickers: ['A'], eventSlot: {} },
    ]) {
      assert.throws(() => connect(options), TypeError, JSON.stringify(options));
    }
  });
});

// By itself: it moves the clock of all that run.
test('LostStreams_WaitLongerAndLonger_UntilOneProvedItself', { timeout: 120_000 }, async (t) => {
  let aheadMs = 0;
  const now = performance.now.bind(performance);
  t.mock.method(performance, 'now', () => now() + aheadMs);
  // Each stream has its snapshot and is lost; the fourth lasts five seconds, as the clock says.
  const stream = (socket, id, number) => {
    socket.send(JSON.stringify(snapshot(id)));
    socket.on('message', () => {
      if (number === 4) aheadMs += 5_000;
      socket.terminate();
    });
  };
  await withClient({ stream }, { random: () => 0.01, silenceMs: 1e6 }, async ({ events }) => {
    const waits = await until(() => {
      const lost = events
        .filter(([, detail]) => detail.state === 'reconnecting')
        .map(([, detail]) => detail.retryInMs);
      return lost.length >= 5 && lost.slice(0, 5);
    });
    assert.deepEqual(waits, [5, 10, 20, 5, 10]);
  });
});
