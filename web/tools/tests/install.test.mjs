import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmod, mkdir, readdir, stat, symlink } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';
import test from 'node:test';
import { install, Refused } from '../install.mjs';
import { readTree, scratch, writeTree } from './scratch.mjs';

const first = new Map([
  ['index.html', 'one'],
  ['app/gone.js', 'two'],
]);
const second = new Map([['index.html', 'three']]);

/** What FOLDER holds but for the list of it. */
async function contentOf(folder) {
  const { 'files.txt': list, ...rest } = await readTree(folder);
  assert.deepEqual(list.split('\n').slice(0, -1), Object.keys(rest).sort());
  return rest;
}

async function assertRefused(folder, files, message) {
  const before = await readTree(folder);
  await assert.rejects(
    install(folder, files),
    (error) => error instanceof Refused && message.test(error.message),
  );
  assert.deepEqual(await readTree(folder), before);
}

test('a folder that is not there is made, with those above it', async (t) => {
  const parent = await scratch(t);
  assert.deepEqual(await install(join(parent, 'a/b'), first), ['app/gone.js', 'index.html']);
  assert.deepEqual(await contentOf(join(parent, 'a/b')), Object.fromEntries(first));
  assert.deepEqual(await readdir(join(parent, 'a')), ['b']);
});

test('what was made is replaced as a whole', async (t) => {
  const parent = await scratch(t);
  await install(join(parent, 'page'), first);
  await install(join(parent, 'page'), second);
  assert.deepEqual(await contentOf(join(parent, 'page')), Object.fromEntries(second));
  assert.deepEqual(await readdir(parent), ['page']);
});

test('an empty folder is taken', async (t) => {
  const folder = await scratch(t);
  await install(folder, first);
  assert.deepEqual(await contentOf(folder), Object.fromEntries(first));
});

test('others can read what was made', async (t) => {
  const parent = await scratch(t);
  await install(join(parent, 'page'), first);
  const umask = process.umask();
  for (const [name, mode] of [
    ['page', 0o777],
    ['page/app', 0o777],
    ['page/index.html', 0o666],
  ]) {
    assert.equal((await stat(join(parent, name))).mode & 0o777, mode & ~umask, name);
  }
});

test('a folder of somebody else is refused and left as it is', async (t) => {
  const folder = await scratch(t);
  await writeTree(folder, { 'thesis.txt': 'years of work' });
  await assertRefused(folder, first, /not empty and was not made here/);
});

test('a file put beside what was made is not lost', async (t) => {
  const folder = join(await scratch(t), 'page');
  await install(folder, first);
  await writeTree(folder, { 'app/thesis.txt': 'years of work' });
  await assertRefused(folder, first, /app\/thesis\.txt/);
});

test('a file in the place of the folder is refused', async (t) => {
  const parent = await scratch(t);
  await writeTree(parent, { page: 'a file' });
  await assert.rejects(install(join(parent, 'page'), first), Refused);
  assert.deepEqual(await readTree(parent), { page: 'a file' });
});

test('the name of the list is taken', async (t) => {
  const parent = await scratch(t);
  await assert.rejects(install(join(parent, 'page'), new Map([['files.txt', 'mine']])), Refused);
  assert.deepEqual(await readdir(parent), []);
});

test('a link is followed, and stays', async (t) => {
  const parent = await scratch(t);
  await mkdir(join(parent, 'real'));
  await symlink('real', join(parent, 'link'));
  await install(join(parent, 'link'), first);
  await install(join(parent, 'link'), second);
  assert.deepEqual(await contentOf(join(parent, 'real')), Object.fromEntries(second));
  assert.deepEqual((await readdir(parent)).sort(), ['link', 'real']);
});

test('what an ended run left is removed, what a living one is at is not', async (t) => {
  const parent = await scratch(t);
  const ended = spawn('true');
  await once(ended, 'exit');
  const dead = [`.page.${ended.pid}.new/index.html`, `.page.${ended.pid}.old/index.html`];
  const kept = [
    `.page.${process.ppid}.new/index.html`,
    `.other.${ended.pid}.new/index.html`,
    '.page.notes',
  ];
  await writeTree(parent, Object.fromEntries([...dead, ...kept].map((name) => [name, 'half'])));
  await install(join(parent, 'page'), second);
  const found = Object.keys(await readTree(parent)).filter((name) => !name.startsWith('page/'));
  assert.deepEqual(found.sort(), kept.sort());
});

test('two at once: one of them wins, whole', async (t) => {
  const folder = join(await scratch(t), 'page');
  const script = `import { install } from ${JSON.stringify(new URL('../install.mjs', import.meta.url))};
        const files = new Map(Array.from({ length: 50 }, (_, i) => ['f' + i, process.argv[1]]));
        for (let i = 0; i !== 20; ++i) await install(process.argv[2], files);`;
  const runs = ['a', 'b'].map((letter) =>
    spawn(process.execPath, ['--input-type=module', '-e', script, letter, folder], {
      stdio: 'inherit',
    }),
  );
  const ends = await Promise.all(runs.map(async (run) => (await once(run, 'exit'))[0]));
  assert.deepEqual(ends, [0, 0]);
  const letters = Object.values(await contentOf(folder));
  assert.equal(letters.length, 50);
  assert.equal(new Set(letters).size, 1);
});

test('a run that fails leaves the old one, and nothing beside it', async (t) => {
  const parent = await scratch(t);
  const folder = join(parent, 'page');
  await install(folder, first);
  await assert.rejects(
    install(
      folder,
      new Map([
        ['a', 'file'],
        ['a/b', 'below a file'],
      ]),
    ),
    { code: /EEXIST|ENOTDIR/ },
  );
  assert.deepEqual(await contentOf(folder), Object.fromEntries(first));
  assert.deepEqual(await readdir(parent), ['page']);
});

test(
  'a folder that must not be written is an error, not a loss',
  { skip: process.getuid() === 0 },
  async (t) => {
    const parent = await scratch(t);
    await install(join(parent, 'page'), first);
    await chmod(parent, 0o555);
    t.after(() => chmod(parent, 0o755));
    await assert.rejects(install(join(parent, 'page'), second), { code: 'EACCES' });
    assert.deepEqual(await contentOf(join(parent, 'page')), Object.fromEntries(first));
  },
);
