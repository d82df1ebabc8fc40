// TypeScript's errors in files, with the package installed beside them.

import { join } from 'node:path';
import ts from 'typescript';

/**
 * Libraries, read once: most of a compilation's time.
 * @type {Map<string, ts.SourceFile | undefined>}
 */
const libraries = new Map();

/**
 * @param {string} folder where the files are
 * @param {string[]} names
 * @param {Record<string, any>} options as in a tsconfig.json
 * @returns {string[]} a line for each fault
 */
export function faultsOf(folder, names, options) {
  const given = { target: 'ES2022', strict: true, noEmit: true, types: [], ...options };
  const { options: read, errors } = ts.convertCompilerOptionsFromJson(given, folder);
  const host = ts.createCompilerHost(read);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version, ...more) => {
    if (!name.includes('/typescript/lib/lib.')) return getSourceFile(name, version, ...more);
    const key = `${name} ${JSON.stringify(version)}`;
    if (!libraries.has(key)) libraries.set(key, getSourceFile(name, version, ...more));
    return libraries.get(key);
  };
  const program = ts.createProgram(
    names.map((name) => join(folder, name)),
    read,
    host,
  );
  return [...errors, ...ts.getPreEmitDiagnostics(program)].map(({ file, start, messageText }) => {
    const line =
      file && start !== undefined
        ? `${file.fileName}:${file.getLineAndCharacterOfPosition(start).line + 1}: `
        : '';
    return `${line}${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
  });
}
