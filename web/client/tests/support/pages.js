// A browser, and a server of pages: the example of a test, the client beside it, and React.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const client = new URL('../../', import.meta.url);
const { resolve } = createRequire(import.meta.url);

/** Development builds: StrictMode runs each effect twice in them. */
const umd = (name) =>
  join(dirname(resolve(`${name}/package.json`)), 'umd', `${name}.development.js`);
const files = { '/react.js': umd('react'), '/react-dom.js': umd('react-dom') };

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
}

/** Opens a page made of these texts, `/` first, and closes it afterwards. */
export async function withPage(browser, texts, body) {
  const server = createServer(async (request, response) => {
    const path = request.url;
    try {
      const found =
        texts[path] ??
        (await readFile(
          files[path] ?? fileURLToPath(new URL(`.${path.replace(/^\/client/, '')}`, client)),
        ));
      const type = path === '/' ? 'text/html' : 'text/javascript';
      response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(found);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const context = await browser.newContext();
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  try {
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    return await body(page, faults);
  } finally {
    await context.close();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}
