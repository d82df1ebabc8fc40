// The install folder of this repository, served by the real server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { assemble } from '../../tools/assemble.mjs';

const binary =
  process.env.TICKCAST_BIN ??
  fileURLToPath(new URL('../../../build/release/src/tickcast', import.meta.url));

/** {public, admin}: its addresses; end() ends it. */
export async function serve() {
  const folder = await mkdtemp(join(tmpdir(), 'tickcast-'));
  await assemble(join(folder, 'web'));
  const server = spawn(
    binary,
    [
      '--listen',
      '127.0.0.1:0',
      '--admin-listen',
      '127.0.0.1:0',
      '--drain-seconds',
      '0',
      '--web-root',
      join(folder, 'web'),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(server, 'exit');
  const end = async () => {
    server.kill('SIGTERM');
    const [status] = await ended;
    await rm(folder, { recursive: true });
    return status;
  };
  const addresses = {};
  for await (const line of createInterface({ input: server.stdout })) {
    const [name, url] = line.split(' ');
    addresses[name] = url;
    if (name === 'admin') return { ...addresses, end };
  }
  throw new Error(`${binary} ended with ${await end()}`);
}
