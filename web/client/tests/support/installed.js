// A folder where the package is installed as npm would, without asking a registry.

import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const client = fileURLToPath(new URL('../..', import.meta.url));

/** Runs `body` with an empty folder, which is gone afterwards. */
export async function withFolder(body) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'tickcast-client-')));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @type {Promise<string[]> | undefined} what npm would put into the package */
let packed;

async function filesOfPackage() {
  const { stdout } = await run('npm', ['pack', '--json', '--dry-run'], { cwd: client });
  return JSON.parse(stdout)[0].files.map((file) => file.path);
}

/**
 * @param {string} folder
 * @param {string[]} others packages that this repository has
 * @returns {Promise<string[]>} the files of the package
 */
export async function install(folder, others = []) {
  packed ??= filesOfPackage();
  const names = await packed;
  const target = join(folder, 'node_modules/@tickcast/client');
  for (const name of names) {
    await mkdir(dirname(join(target, name)), { recursive: true });
    await cp(join(client, name), join(target, name));
  }
  for (const other of others) {
    await mkdir(dirname(join(folder, 'node_modules', other)), { recursive: true });
    await symlink(join(client, '../node_modules', other), join(folder, 'node_modules', other));
  }
  return [...names];
}
