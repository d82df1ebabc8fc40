// The reasons of failed attempts, for people and programs; and errors that must never end a Node
// process.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { WebSocket } from 'ws';

import { connect, TickcastError } from '../index.js';
import { inWords } from '../src/failure.js';
import { startServer, withServer } from './support/server.js';
import { snapshot, withStandIn } from './support/stand_in_server.js';
import { record, until } from './support/wait.js';

const run = promisify(execFile);
const index = fileURLToPath(new URL('../index.js', import.meta.url));

/** The first state event of a client with these options. */
async function firstState(options) {
  const client = connect({ tickers: ['A'], random: () => 1, WebSocket, ...options });
  const events = record(client, 'state');
  try {
    return (await until(() => events[0]))[1];
  } finally {
    await client.close();
  }
}

const failing = (cause) => () => Promise.reject(new TypeError('fetch failed', { cause }));
const withCode = (code, message = `it was ${code}`) => Object.assign(new Error(message), { code });

// Most of them wait, so they do it side by side.
describe('faults', { concurrency: 3, timeout: 90_000 }, () => {
  describe('failures', { concurrency: 8, timeout: 60_000 }, () => {
    test('RefusedAddress_IsNamed', async () => {
      const { url, kill } = await startServer();
      await kill();
      const { reason, detail, error } = await firstState({ url });
      assert.equal(reason, 'network');
      assert.match(
        detail,
        new RegExp(`^no answer to POST ${url}/v1/sessions: connection refused: .*ECONNREFUSED`),
      );
      assert.ok(error instanceof TickcastError);
      assert.deepEqual(
        [error.code, error.status, error.cause.code],
        ['network', undefined, 'ECONNREFUSED'],
      );
    });

    test('TlsAskedOfAPlainPort_IsNamed', async () => {
      await withServer([], async ({ url }) => {
        const { detail, error } = await firstState({ url: url.replace('http', 'https') });
        assert.match(detail, /^no answer to POST https:.*(TLS|no TLS there)/);
        assert.match(error.cause.code, /SSL|EPROTO/);
      });
    });

    for (const [code, words] of [
      ['ENOTFOUND', 'name not found'],
      ['EAI_AGAIN', 'name not found'],
      ['CERT_HAS_EXPIRED', 'TLS failed'],
      ['DEPTH_ZERO_SELF_SIGNED_CERT', 'TLS failed'],
      ['ERR_TLS_CERT_ALTNAME_INVALID', 'TLS failed'],
      ['UND_ERR_CONNECT_TIMEOUT', 'timed out'],
      ['EHOSTUNREACH', 'host unreachable'],
    ]) {
      test(`Cause_${code}_IsCalled_${words}`, async () => {
        const { detail, error } = await firstState({
          url: 'https://prices.example',
          fetch: failing(withCode(code)),
        });
        assert.equal(
          detail,
          `no answer to POST https://prices.example/v1/sessions: ${words}: it was ${code}`,
        );
        assert.equal(error.cause.code, code);
      });
    }

    test('AddressesOfAName_AllRefused_AreAllNamed', () => {
      const all = ['::1', '127.0.0.1'].map((address) =>
        withCode('ECONNREFUSED', `connect ECONNREFUSED ${address}:1`),
      );
      const error = Object.assign(new AggregateError(all), { code: 'ECONNREFUSED' });
      assert.equal(
        inWords(new TypeError('fetch failed', { cause: error })),
        'connection refused: connect ECONNREFUSED ::1:1, connect ECONNREFUSED 127.0.0.1:1',
      );
    });

    test('BrowsersFetch_WhichTellsNothing_IsSaidAsItIs', async () => {
      const { detail } = await firstState({
        url: 'https://prices.example',
        fetch: () => Promise.reject(new TypeError('Failed to fetch')),
      });
      assert.equal(detail, 'no answer to POST https://prices.example/v1/sessions: Failed to fetch');
    });

    test('AnswerThatNeverComes_IsATimeout_AndTheFetchIsNotWaitedFor', async () => {
      const { detail, error } = await firstState({
        url: 'https://prices.example',
        fetch: () => new Promise(() => {}),
      });
      assert.match(detail, /no answer to POST .*: timed out: nothing came within 10 s/);
      assert.equal(error.cause.code, 'ETIMEDOUT');
    });

    test('ServerOfSomebodyElse_IsNamed', async () => {
      const answer = () => ({ status: 201, body: { hello: 'world' } });
      await withStandIn({ answer }, async ({ url }) => {
        const { reason, detail } = await firstState({ url });
        assert.deepEqual(
          [reason, detail],
          [
            'network',
            `the answer to POST ${url}/v1/sessions is not a session: is this a Tickcast server?`,
          ],
        );
      });
    });

    for (const [status, state] of [
      [401, 'closed'],
      [403, 'closed'],
      [429, 'connecting'],
      [503, 'connecting'],
    ]) {
      test(`Refusal_By${status}_HasTheServersWordsStatusAndLimit`, async () => {
        const answer = () => ({
          status,
          headers: { 'Retry-After': '7' },
          body: { code: 'some_code', detail: 'so it is', limit: 3 },
        });
        await withStandIn({ answer }, async ({ url }) => {
          const news = await firstState({ url });
          assert.deepEqual(
            [news.state, news.reason, news.detail],
            [state, 'some_code', `${status} some_code: so it is (limit: 3)`],
          );
          assert.deepEqual(
            [news.error.status, news.error.code, news.error.detail, news.error.limit],
            [status, 'some_code', 'so it is', 3],
          );
          if (state === 'connecting') assert.equal(news.retryInMs, 7_500);
        });
      });
    }

    test('RefusedUpgrade_IsToldWithWhatTheSocketSaid', async () => {
      await withStandIn({}, async ({ url }) => {
        const { detail } = await firstState({ url, transport: 'websocket' });
        assert.match(
          detail,
          /^WebSocket could not be opened \(.*503.*\), though the server answers other requests/,
        );
      });
    });

    test('EventStreamOfAnotherType_IsToldAsSuch', async () => {
      const events = (response) =>
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<h1>Log in</h1>');
      await withStandIn({ events }, async ({ url }) => {
        const { detail } = await firstState({ url, transport: 'sse' });
        assert.match(
          detail,
          /could not be opened \(the answer is no event stream \(its type: text\/html\)\)/,
        );
      });
    });
  });

  describe('closing', { concurrency: 8, timeout: 60_000 }, () => {
    const stream = (socket, id) => socket.send(JSON.stringify(snapshot(id)));

    async function closed(answer, { options = {}, deleteSession = true } = {}) {
      return withStandIn(
        { answer: (request) => (request.method === 'DELETE' ? answer : undefined), stream },
        async ({ url }) => {
          const client = connect({ url, tickers: ['A'], WebSocket, ...options });
          await until(() => client.state === 'live');
          const begun = performance.now();
          const news = await client.close({ deleteSession });
          return { news, tookMs: performance.now() - begun };
        },
      );
    }

    for (const [status, deleted] of [
      [204, true],
      [404, true],
      [500, false],
      [403, false],
    ]) {
      test(`Deletion_AnsweredBy${status}_Resolves`, async () => {
        const { news } = await closed({
          status,
          body: status === 204 ? undefined : { code: 'why' },
        });
        assert.equal(news.deleted, deleted);
        assert.equal(news.error?.status, deleted ? undefined : status);
      });
    }

    test('Deletion_NeverAnswered_ResolvesWithin5s', async () => {
      const { news, tookMs } = await closed('never');
      assert.deepEqual([news.deleted, news.error.cause.code], [false, 'ETIMEDOUT']);
      assert.ok(tookMs < 5_000, `${tookMs}`);
    });

    test('WithoutDeletion_AsksNothing', async () => {
      assert.deepEqual((await closed('never', { deleteSession: false })).news, {
        deleted: false,
      });
    });

    test('FetchThatKnowsNoSignals_DoesNotHoldTheClosing', async () => {
      const client = connect({
        url: 'http://prices.example',
        tickers: ['A'],
        fetch: () => new Promise(() => {}),
        transport: 'sse',
      });
      await until(() => client.state === 'connecting');
      assert.deepEqual(await client.close({ deleteSession: true }), { deleted: false });
    });

    test('ClosedTwice_ResolvesTwice', async () => {
      await withStandIn({ stream }, async ({ url }) => {
        const client = connect({ url, tickers: ['A'], WebSocket });
        await until(() => client.state === 'live');
        const all = await Promise.all([
          client.close(),
          client.close({ deleteSession: true }),
          client.close({ deleteSession: true }),
        ]);
        assert.deepEqual(
          all.map(({ deleted }) => deleted),
          [false, true, true],
        );
      });
    });
  });

  describe('a Node process', { concurrency: 4, timeout: 60_000 }, () => {
    /**
     * Runs a program that must end by itself, with 0.
     * @returns {Promise<string>} what it said
     */
    async function lives(body) {
      const program = `import { connect } from '${index}';\n${body}`;
      const { stdout } = await run(process.execPath, ['--input-type=module', '-e', program], {
        timeout: 30_000,
      });
      return stdout.trim();
    }

    test('IsNotEndedByChangesThatNobodyAwaits', async () => {
      const answer = ({ method }) =>
        method === 'PATCH' ? { status: 422, body: { code: 'unknown_ticker' } } : undefined;
      const events = (response, id) => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' });
        response.write(`event: snapshot\ndata: ${JSON.stringify(snapshot(id))}\n\n`);
      };
      await withStandIn({ answer, events }, async ({ url }) => {
        const said = await lives(`
                    const client = connect({ url: '${url}', tickers: ['A'], transport: 'sse' });
                    await new Promise((resolve) => client.on('snapshot', resolve));
                    client.add('NOSUCH'); client.remove('A'); client.throttle(-1); client.throttle(10n);
                    await client.add('NOSUCH').catch((error) => console.log(error.code));
                    await client.close();
                    client.add('A'); client.throttle(5); client.remove('A');
                    await new Promise((resolve) => setTimeout(resolve, 50));
                    console.log('alive');`);
        assert.equal(said, 'unknown_ticker\nalive');
      });
    });

    test('IsNotEndedByAServerThatGoesBeforeTheClosing', async () => {
      const server = await startServer();
      const gone = until(
        async () => (await server.metric('tickcast_sessions{state="streaming"}')) === 1,
      ).then(() => server.kill());
      const said = await lives(`
                const client = connect({ url: '${server.url}', tickers: ['AAPL'], transport: 'sse' });
                await new Promise((resolve) => client.on('state', ({ state }) => state === 'reconnecting' && resolve()));
                client.close({ deleteSession: true }).then(({ deleted, error }) => console.log(deleted, error.code));`);
      await gone;
      assert.equal(said, 'false network');
    });

    test('IsNotEndedByAMessageWithNonsenseInIt', async () => {
      const stream = (socket, id) => {
        socket.send(JSON.stringify(snapshot(id)));
        socket.send('{"type":"ticks","ticks":[null]}');
      };
      await withStandIn({ stream }, async ({ url }) => {
        const client = connect({ url, tickers: ['A'], WebSocket });
        const events = record(client, 'state');
        await until(() => events.some(([, { reason }]) => reason === 'unreadable'));
        await client.close();
      });
    });

    test('EndsOnceItsClientIsClosed_WhateverItsStateWas', async () => {
      const begun = performance.now();
      await withServer([], ({ url }) =>
        lives(`
                const all = ['websocket', 'sse', 'polling'].map((transport) => connect({ url: '${url}', tickers: ['AAPL'], transport: globalThis.WebSocket ? transport : transport.replace('websocket', 'sse') }));
                await Promise.all(all.map((client) => new Promise((resolve) => client.on('snapshot', resolve))));
                const waiting = connect({ url: 'http://127.0.0.1:1', tickers: ['A'], random: () => 40 });
                await new Promise((resolve) => waiting.on('state', resolve));
                await Promise.all([...all, waiting].map((client) => client.close()));`),
      );
      assert.ok(performance.now() - begun < 8_000, 'no timer holds it');
    });
  });
});
