// The examples of docs/CLIENTS.md, as they stand there but for the server's address.

import { readFile } from 'node:fs/promises';

const document = new URL('../../../../docs/CLIENTS.md', import.meta.url);

/** @param {string} language of the code block @param {string} url that takes the place of the documented one */
export async function examplesIn(language, url) {
    const text = await readFile(document, 'utf8');
    const blocks = Array.from(text.matchAll(/^```(\w+)\n(.*?)^```$/gms), ([, name, code]) => ({ name, code }));
    return blocks.filter(({ name }) => name === language).map(({ code }) => code.replaceAll('http://127.0.0.1:8080', url));
}
