// Puts files into a folder of their own, which is replaced as a whole and never touched if it holds
// anything else.
import { mkdir, readFile, readdir, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

// It has the names of the files that were made, so that other files can be recognised.
// Not a hidden file: the server says at its start that it leaves those out.
const marker = 'files.txt';

/** Something the user can put right; its message says what. */
export class Refused extends Error {}

/**
 * Replaces FOLDER (an absolute path) by one with just these files: a map of names to contents.
 * Returns the names.
 */
export async function install(folder, files) {
  const target = (await realpath(folder).catch(ignore('ENOENT'))) ?? folder;
  // Another run might replace the folder while it is read.
  await orAgain('ENOENT', () => refuseForeign(target));
  await mkdir(dirname(target), { recursive: true });
  await removeLeftovers(target);
  if (files.has(marker)) throw new Refused(`${marker} is the name of the list of files`);
  const names = [...files.keys()].sort();
  const fresh = neighbour(target, 'new');
  try {
    for (const [name, content] of [...files, [marker, names.map((name) => name + '\n').join('')]]) {
      await mkdir(dirname(join(fresh, name)), { recursive: true });
      await writeFile(join(fresh, name), content);
    }
    await replace(target, fresh);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return names;
}

/** Throws Refused unless FOLDER is absent, empty, or holds nothing but what an earlier run made. */
async function refuseForeign(folder) {
  const entries = await readdir(folder).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw new Refused(`${folder} is no folder that can be read (${error.code})`);
  });
  if (entries.length === 0) return;
  if (!entries.includes(marker)) {
    throw new Refused(
      `${folder} is not empty and was not made here; give another folder, or remove it`,
    );
  }
  const made = new Set((await readFile(join(folder, marker), 'utf8')).split('\n'));
  const foreign = (await filesBelow(folder)).filter((name) => name !== marker && !made.has(name));
  if (foreign.length !== 0) {
    throw new Refused(`${folder} holds what was not made here: ${foreign.join(', ')}`);
  }
}

async function filesBelow(folder, prefix = '') {
  const found = [];
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    const name = prefix + entry.name;
    if (entry.isDirectory()) found.push(...(await filesBelow(folder, `${name}/`)));
    else found.push(name);
  }
  return found;
}

// .NAME.PID.new and .NAME.PID.old beside NAME: on the same file system, so that a rename is all it
// takes.
function neighbour(folder, kind) {
  return join(dirname(folder), `.${basename(folder)}.${process.pid}.${kind}`);
}

/**
 * Removes the neighbours that ended runs left behind, but not those of a run that is alive.
 */
async function removeLeftovers(folder) {
  for (const entry of await readdir(dirname(folder))) {
    if (!entry.startsWith(`.${basename(folder)}.`)) continue;
    const [, pid] = /^\.(\d+)\.(?:new|old)$/.exec(entry.slice(basename(folder).length + 1)) ?? [];
    if (pid !== undefined && (Number(pid) === process.pid || !isAlive(Number(pid)))) {
      await rm(join(dirname(folder), entry), { recursive: true, force: true });
    }
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM'; // another user's process
  }
}

/** Puts FRESH in FOLDER's place; if that fails, FOLDER is as it was. */
async function replace(folder, fresh) {
  const old = neighbour(folder, 'old');
  // Between the two renames another run may put its own there; then that one is replaced.
  await orAgain('ENOTEMPTY', async () => {
    const had = await rename(folder, old).then(() => true, ignore('ENOENT'));
    try {
      await rename(fresh, folder);
    } catch (error) {
      if (had && error.code !== 'ENOTEMPTY') await rename(old, folder);
      throw error;
    } finally {
      await rm(old, { recursive: true, force: true });
    }
  });
}

/**
 * Does it, and again when it fails with CODE; not forever, so that an unforeseen case is an error
 * and not a loop.
 */
async function orAgain(code, action) {
  for (let left = 10; ; --left) {
    try {
      return await action();
    } catch (error) {
      if (left === 0 || error.code !== code) throw error;
    }
  }
}

function ignore(code) {
  return (error) => {
    if (error.code !== code) throw error;
  };
}
