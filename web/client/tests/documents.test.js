// The examples of docs/CLIENTS.md that need no browser, taken out of it and run against the real
// server.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';

import { allExamples, examplesIn } from './support/examples.js';
import { client, install, withFolder } from './support/installed.js';
import { startServer, withServer } from './support/server.js';
import { until } from './support/wait.js';

const run = promisify(execFile);

/** Runs a program that ends on a signal; `body` sees its output so far. */
async function withProgram(command, options, body) {
  const child = spawn(command[0], command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    ...options,
  });
  const said = { output: '', errors: '', status: undefined };
  child.stdout.on('data', (chunk) => (said.output += chunk));
  child.stderr.on('data', (chunk) => (said.errors += chunk));
  const gone = new Promise((done) => child.on('close', (status) => done((said.status = status))));
  try {
    await body(said, child);
  } catch (error) {
    throw new Error(`${error.message}\n${said.output.slice(-500)}\n${said.errors}`, {
      cause: error,
    });
  } finally {
    // The group: a shell has children.
    if (said.status === undefined) process.kill(-child.pid, 'SIGKILL');
    await gone;
  }
}

describe('documented examples', { concurrency: 3, timeout: 120_000 }, () => {
  for (const withWs of [true, false]) {
    test(`Node_${withWs ? 'WithWs' : 'WithoutWs'}_PrintsPricesAndDeletesItsSession`, async () => {
      await withFolder((folder) =>
        withServer([], async ({ url, metric }) => {
          const names = await install(folder, withWs ? ['ws'] : []);
          const sources = (await readdir(join(client, 'src'))).map((name) => `src/${name}`);
          const roots = [
            'index.cjs',
            'index.d.cts',
            'index.d.ts',
            'index.js',
            'package.json',
            'README.md',
          ];
          assert.deepEqual(names.sort(), [...roots, ...sources].sort());
          const examples = await examplesIn('js', url);
          assert.equal(examples.length, 1);
          await writeFile(join(folder, 'prices.mjs'), examples[0]);
          await withProgram(
            [process.execPath, 'prices.mjs'],
            { cwd: folder },
            async (said, child) => {
              await until(() => /^AAPL \d/m.test(said.output) && /^MSFT \d/m.test(said.output));
              const transport = withWs || globalThis.WebSocket ? 'websocket' : 'sse';
              assert.equal(await metric(`tickcast_connections{transport="${transport}"}`), 1);
              child.kill('SIGINT');
              await until(() => said.status !== undefined);
              assert.equal(said.status, 0);
              assert.match(said.errors, /^live/m);
              assert.equal(await metric('tickcast_sessions_ended_total{reason="deleted"}'), 1);
            },
          );
        }),
      );
    });
  }

  test('FirstExamples_WithAWrongAddress_SayWhatWasRefused', async () => {
    const { url, kill } = await startServer();
    await kill();
    const inClients = (await allExamples(['docs/CLIENTS.md'])).filter(({ language }) =>
      ['js', 'ts', 'cjs'].includes(language),
    );
    const inReadme = (await allExamples(['web/client/README.md'])).filter(
      ({ language }) => language === 'js',
    );
    await withFolder(async (folder) => {
      await install(folder);
      for (const [number, { language, code }] of [...inClients, ...inReadme].entries()) {
        if (language === 'ts') continue; // its types are checked, and Node can't run them
        const name = `${number}.${language === 'js' ? 'mjs' : 'cjs'}`;
        await writeFile(join(folder, name), code.replaceAll('http://127.0.0.1:8080', url));
        await withProgram([process.execPath, name], { cwd: folder }, (said) =>
          until(() =>
            said.errors.includes(
              `connecting no answer to POST ${url}/v1/sessions: connection refused`,
            ),
          ),
        );
      }
    });
  });

  test('ProgramThatHandlesNoState_WithAWrongAddress_IsWarnedOnce', async () => {
    const { url, kill } = await startServer();
    await kill();
    await withFolder(async (folder) => {
      await install(folder);
      const program = `import { connect } from '@tickcast/client';\nfor await (const tick of connect({ url: '${url}', tickers: ['A'], random: () => 0 })) console.log(tick);`;
      await writeFile(join(folder, 'silent.mjs'), program);
      await withProgram([process.execPath, 'silent.mjs'], { cwd: folder }, async (said) => {
        await until(() => said.errors.includes('connection refused'));
        const begun = performance.now();
        await until(() => performance.now() - begun > 300);
        assert.equal(said.errors.match(/connection refused/g).length, 1, said.errors);
      });
    });
  });

  test('Python_PrintsPrices_AndComesBackAfterARestart', async () => {
    await withFolder(async (folder) => {
      const server = await startServer();
      const examples = await examplesIn('python', server.url);
      assert.equal(examples.length, 1);
      await writeFile(join(folder, 'prices.py'), examples[0]);
      await withProgram(['/usr/bin/python3', 'prices.py'], { cwd: folder }, async (said) => {
        await until(() => /^AAPL \d/m.test(said.output) && /^MSFT \d/m.test(said.output));
        await server.kill();
        const before = said.output.length;
        const again = await startServer([], server.port);
        try {
          await until(() => said.output.length > before);
          assert.equal(await again.metric('tickcast_sessions{state="streaming"}'), 1);
        } finally {
          await again.kill();
        }
      });
    });
  });

  test('Python_WhenTheTickersAreUnknown_Ends', async () => {
    await withFolder((folder) =>
      withServer(['--feed', 'sim?tickers=1'], async ({ url }) => {
        await writeFile(join(folder, 'prices.py'), (await examplesIn('python', url))[0]);
        await withProgram(['/usr/bin/python3', 'prices.py'], { cwd: folder }, async (said) => {
          await until(() => said.status !== undefined);
          assert.equal(said.status, 1);
          assert.match(said.errors, /422/);
        });
      }),
    );
  });

  test('Curl_ShowsPrices_AndTheirChange', async () => {
    await withServer([], async ({ url }) => {
      const [stream, change, ...others] = await examplesIn('sh', url);
      assert.deepEqual(others, []);
      await withProgram(
        ['sh', '-c', stream.replace(/^curl -sN/m, 'echo "$id" >&2\n$&')],
        {},
        async (said) => {
          await until(() => /^event: ticks\ndata: .*"s":"AAPL"/m.test(said.output));
          const id = said.errors.trim();
          await run('sh', ['-c', `url=${url} id=${id}\n${change}`]);
          await until(() => /^event: ticks\ndata: .*"s":"IBM"/m.test(said.output));
          const held = await (await fetch(`${url}/v1/sessions/${id}`)).json();
          assert.deepEqual([held.tickers, held.throttle_ms], [['MSFT', 'IBM'], 500]);
        },
      );
    });
  });

  test('Bench_MeasuresSomething', async () => {
    const { stdout } = await run(process.execPath, ['bench/cost_per_tick.js', '200', '4'], {
      cwd: client,
    });
    assert.equal(stdout.match(/ [1-9]\d* ns a tick$/gm).length, 4, stdout);
  });
});
