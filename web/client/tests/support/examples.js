// The examples of the documents, as they stand there but for the server's address.

import { readFile } from 'node:fs/promises';

const repository = new URL('../../../../', import.meta.url);

/** @param {string[]} paths of documents @returns {Promise<{ language: string, code: string }[]>} */
export async function allExamples(paths) {
  const texts = await Promise.all(paths.map((path) => readFile(new URL(path, repository), 'utf8')));
  return texts.flatMap((text) =>
    Array.from(text.matchAll(/^```(\w+)\n(.*?)^```$/gms), ([, language, code]) => ({
      language,
      code,
    })),
  );
}

/**
 * Of docs/CLIENTS.md.
 * @param {string} language of the code block
 * @param {string} url that takes the place of the documented one
 */
export async function examplesIn(language, url) {
  const blocks = await allExamples(['docs/CLIENTS.md']);
  return blocks
    .filter((block) => block.language === language)
    .map(({ code }) => code.replaceAll('http://127.0.0.1:8080', url));
}
