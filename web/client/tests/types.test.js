// The package's types as programs of each kind see them, the documented examples among these; and
// the package itself
// as require() and import see it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';

import { faultsOf } from './support/compile.js';
import { allExamples } from './support/examples.js';
import { client, install, withFolder } from './support/installed.js';

const run = promisify(execFile);
const nodeTypes = ['@types/node', 'undici-types'];
const reactTypes = ['@types/react', '@types/prop-types', 'csstype'];

const nodeNext = { module: 'NodeNext', moduleResolution: 'NodeNext' };
const dom = ['ES2022', 'DOM', 'DOM.Iterable', 'DOM.AsyncIterable'];

/** Runs `body` with a folder where the package is installed, a program of ES modules. */
function withProgramFolder(others, body) {
  return withFolder(async (folder) => {
    await install(folder, others);
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    return body(folder);
  });
}

describe('types', { timeout: 120_000 }, () => {
  for (const [name, file, others, options] of [
    ['NothingButES2022', 'types_without_dom.ts', [], { lib: ['ES2022'], ...nodeNext }],
    [
      'NodesTypes',
      'types_without_dom.ts',
      nodeTypes,
      { lib: ['ES2022'], types: ['node'], skipLibCheck: true, ...nodeNext },
    ],
    [
      'LibDomAndABundler',
      'types_without_dom.ts',
      [],
      { lib: dom, module: 'ES2022', moduleResolution: 'bundler' },
    ],
    [
      'OldResolution',
      'types_without_dom.ts',
      [],
      { lib: dom, module: 'ES2022', moduleResolution: 'node10' },
    ],
  ]) {
    test(`ProgramWith${name}_Compiles`, async () => {
      await withProgramFolder(others, async (folder) => {
        await copyFile(join(client, 'tests', file), join(folder, file));
        assert.deepEqual(faultsOf(folder, [file], options), []);
      });
    });
  }

  for (const module of ['Node16', 'NodeNext']) {
    test(`ProgramOfCommonJs_Under${module}_Compiles`, async () => {
      await withProgramFolder([], async (folder) => {
        await copyFile(join(client, 'tests/types_without_dom.ts'), join(folder, 'program.cts'));
        assert.deepEqual(
          faultsOf(folder, ['program.cts'], {
            lib: ['ES2022'],
            module,
            moduleResolution: module,
          }),
          [],
        );
      });
    });
  }

  test('TypesForRequire_NameAllThatTheOthersDo', async () => {
    const [esm, cjs] = await Promise.all(
      ['index.d.ts', 'index.d.cts'].map((name) => readFile(join(client, name), 'utf8')),
    );
    const names = (text) =>
      [
        ...new Set(
          Array.from(text.matchAll(/^export (?:declare )?(?:\w+) (\w+)/gm), ([, name]) => name),
        ),
      ].sort();
    assert.deepEqual(names(cjs), names(esm));
  });

  test('DocumentedExamples_AreRightByTheTypes', async () => {
    await withProgramFolder([...nodeTypes, ...reactTypes], async (folder) => {
      const node = {
        lib: ['ES2022'],
        types: ['node'],
        skipLibCheck: true,
        allowJs: true,
        checkJs: true,
        ...nodeNext,
      };
      const page = {
        ...node,
        lib: dom,
        types: [],
        module: 'ES2022',
        moduleResolution: 'bundler',
      };
      const kinds = {
        js: { name: 'node.js', options: node },
        ts: { name: 'node.ts', options: node },
        cjs: { name: 'node.cjs', options: node },
        html: { name: 'page.js', options: { ...page, strict: false }, code: scriptOf },
        jsx: {
          name: 'react.jsx',
          options: { ...page, jsx: 'react-jsx', noImplicitAny: false },
        },
      };
      const examples = await allExamples(['docs/CLIENTS.md', 'README.md', 'web/client/README.md']);
      for (const [language, { name, options, code = (text) => text }] of Object.entries(kinds)) {
        const texts = examples
          .filter((example) => example.language === language)
          .map((example) => code(example.code));
        assert.ok(texts.length > 0, `examples of ${language}`);
        const names = texts.map((_, number) => `${number}-${name}`);
        await Promise.all(
          texts.map((text, number) => writeFile(join(folder, names[number]), text)),
        );
        assert.deepEqual(faultsOf(folder, names, options), []);
      }
    });
  });

  test('WrongExample_IsFound', async () => {
    await withProgramFolder([], async (folder) => {
      const wrong =
        "import { connect } from '@tickcast/client';\nconnect({ url: 'http://a', tickers: ['A'] }).on('state', ({ why }) => why);\n";
      await writeFile(join(folder, 'wrong.js'), wrong);
      const options = {
        lib: ['ES2022'],
        allowJs: true,
        checkJs: true,
        strict: false,
        ...nodeNext,
      };
      assert.match(faultsOf(folder, ['wrong.js'], options).join('\n'), /'why' does not exist/);
    });
  });
});

/** The module script of a page, which imports the client from beside it. */
function scriptOf(html) {
  const [, script] = /<script type="module">\n(.*?)<\/script>/s.exec(html);
  return script.replaceAll('./client/index.js', '@tickcast/client');
}

describe('CommonJS', { timeout: 120_000 }, () => {
  const program =
    "const { connect, TickcastError } = require('@tickcast/client'); console.log(typeof connect, typeof TickcastError);";

  test('Require_WhereNodeCanRequireModules_GivesTheSameAsImport', async (t) => {
    if (process.features.require_module !== true) return t.skip('this Node can not');
    await withProgramFolder([], async (folder) => {
      const { stdout, stderr } = await run(
        process.execPath,
        ['--input-type=commonjs', '-e', program],
        { cwd: folder },
      );
      assert.deepEqual([stdout, stderr], ['function function\n', '']);
      const same =
        "import('@tickcast/client').then(({ connect }) => console.log(connect === require('@tickcast/client').connect))";
      assert.equal(
        (
          await run(process.execPath, ['--input-type=commonjs', '-e', same], {
            cwd: folder,
          })
        ).stdout,
        'true\n',
      );
    });
  });

  test('Require_WhereNodeCanNot_SaysWhatToWrite', async () => {
    await withProgramFolder([], async (folder) => {
      const without =
        process.features.require_module === true ? ['--no-experimental-require-module'] : [];
      const failed = run(process.execPath, [...without, '--input-type=commonjs', '-e', program], {
        cwd: folder,
      });
      await assert.rejects(failed, ({ stderr }) =>
        /write `const \{ connect \} = await import\('@tickcast\/client'\)`/.test(stderr),
      );
    });
  });

  test('Import_FromCommonJs_Works', async () => {
    await withProgramFolder([], async (folder) => {
      const imported =
        "(async () => { const { connect } = await import('@tickcast/client'); console.log(typeof connect); })();";
      assert.equal(
        (
          await run(process.execPath, ['--input-type=commonjs', '-e', imported], {
            cwd: folder,
          })
        ).stdout,
        'function\n',
      );
    });
  });
});
