// The examples of docs/CLIENTS.md that need no browser, taken out of it and run against the real server.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { examplesIn } from './support/examples.js';
import { startServer, withServer } from './support/server.js';
import { until } from './support/wait.js';

const run = promisify(execFile);
const client = fileURLToPath(new URL('..', import.meta.url));

async function withFolder(body) {
    const folder = await mkdtemp(join(tmpdir(), 'tickcast-client-'));
    try {
        return await body(folder);
    } finally {
        await rm(folder, { recursive: true });
    }
}

/** Runs a program that ends when it is told to; `body` sees what it has said so far. */
async function withProgram(command, options, body) {
    const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options });
    const said = { output: '', errors: '', status: undefined };
    child.stdout.on('data', (chunk) => (said.output += chunk));
    child.stderr.on('data', (chunk) => (said.errors += chunk));
    const gone = new Promise((done) => child.on('close', (status) => done((said.status = status))));
    try {
        await body(said, child);
    } catch (error) {
        throw new Error(`${error.message}\n${said.output.slice(-500)}\n${said.errors}`, { cause: error });
    } finally {
        if (said.status === undefined) process.kill(-child.pid, 'SIGKILL'); // the group: a shell has children
        await gone;
    }
}

/** A folder where the package is installed as npm would, without asking a registry. */
async function installed(folder) {
    const packed = JSON.parse((await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: client })).stdout);
    const names = packed[0].files.map((file) => file.path);
    const target = join(folder, 'node_modules/@tickcast/client');
    for (const name of names) {
        await mkdir(dirname(join(target, name)), { recursive: true });
        await cp(join(client, name), join(target, name));
    }
    return names;
}

describe('documented examples', { concurrency: 3, timeout: 120_000 }, () => {
    for (const withWs of [true, false]) {
        test(`Node_${withWs ? 'WithWs' : 'WithoutWs'}_PrintsPricesAndDeletesItsSession`, async () => {
            await withFolder((folder) => withServer([], async ({ url, metric }) => {
                const names = await installed(folder);
                const sources = (await readdir(join(client, 'src'))).map((name) => `src/${name}`);
                assert.deepEqual(names.sort(), ['index.d.ts', 'index.js', 'package.json', 'README.md', ...sources].sort());
                if (withWs) await symlink(join(client, '../node_modules/ws'), join(folder, 'node_modules/ws'));
                const examples = await examplesIn('js', url);
                assert.equal(examples.length, 1);
                await writeFile(join(folder, 'prices.mjs'), examples[0]);
                await withProgram([process.execPath, 'prices.mjs'], { cwd: folder }, async (said, child) => {
                    await until(() => /^AAPL \d/m.test(said.output) && /^MSFT \d/m.test(said.output));
                    const transport = withWs || globalThis.WebSocket ? 'websocket' : 'sse';
                    assert.equal(await metric(`tickcast_connections{transport="${transport}"}`), 1);
                    child.kill('SIGINT');
                    await until(() => said.status !== undefined);
                    assert.equal(said.status, 0);
                    assert.match(said.errors, /^live/m);
                    assert.equal(await metric('tickcast_sessions_ended_total{reason="deleted"}'), 1);
                });
            }));
        });
    }

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
        await withFolder((folder) => withServer(['--feed', 'sim?tickers=1'], async ({ url }) => {
            await writeFile(join(folder, 'prices.py'), (await examplesIn('python', url))[0]);
            await withProgram(['/usr/bin/python3', 'prices.py'], { cwd: folder }, async (said) => {
                await until(() => said.status !== undefined);
                assert.equal(said.status, 1);
                assert.match(said.errors, /422/);
            });
        }));
    });

    test('Curl_ShowsPrices_AndTheirChange', async () => {
        await withServer([], async ({ url }) => {
            const [stream, change, ...others] = await examplesIn('sh', url);
            assert.deepEqual(others, []);
            await withProgram(['sh', '-c', stream.replace(/^curl -sN/m, 'echo "$id" >&2\n$&')], {}, async (said) => {
                await until(() => /^event: ticks\ndata: .*"s":"AAPL"/m.test(said.output));
                const id = said.errors.trim();
                await run('sh', ['-c', `url=${url} id=${id}\n${change}`]);
                await until(() => /^event: ticks\ndata: .*"s":"IBM"/m.test(said.output));
                const told = await (await fetch(`${url}/v1/sessions/${id}`)).json();
                assert.deepEqual([told.tickers, told.throttle_ms], [['MSFT', 'IBM'], 500]);
            });
        });
    });

    test('Bench_MeasuresSomething', async () => {
        const { stdout } = await run(process.execPath, ['bench/cost_per_tick.js', '200', '4'], { cwd: client });
        assert.equal(stdout.match(/ [1-9]\d* ns a tick$/gm).length, 4, stdout);
    });
});
