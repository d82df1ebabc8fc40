// Each command of the page, run against the real server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import test, { after, before } from 'node:test';
import { apiPage } from '../page.mjs';
import { serve } from './served.mjs';

const [openapi, asyncapi] = ['openapi', 'asyncapi'].map((name) =>
  readFileSync(new URL(`../../../docs/${name}.yaml`, import.meta.url), 'utf8'),
);
const unescape = (text) =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');
const commands = [
  ...apiPage(openapi, asyncapi).matchAll(
    /<h4 id="(\w+)">(?:(?!<h4)[^])*?<pre class="command"><code>([^]*?)<\/code>/g,
  ),
].map(([, operation, command]) => ({ operation, command: unescape(command) }));

let server;
before(async () => {
  server = await serve();
});
after(async () => assert.equal(await server.end(), 0));

/**
 * The output of the command in a shell, with the server's addresses for those of the document; a
 * stream is read for a second.
 */
async function run(command, id, streams) {
  const words = command
    .replaceAll('http://localhost:8080', server.public)
    .replaceAll('http://localhost:8081', server.admin);
  const wrapped = words.replace(/^curl /, `curl -w '\\n%{http_code}' ${streams ? '-m 1 ' : ''}`);
  const child = spawn('bash', ['-c', wrapped], {
    env: { ...process.env, id },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  for await (const piece of child.stdout) text += piece;
  const at = text.lastIndexOf('\n');
  return { status: Number(text.slice(at)), body: text.slice(0, at) };
}

async function newSession() {
  const { body } = await run(
    `curl -s --json '{"tickers":["AAPL","MSFT"]}' http://localhost:8080/v1/sessions`,
  );
  return JSON.parse(body).session_id;
}

test('the page has a command for each operation that curl is for', () => {
  const names = commands.map(({ operation }) => operation);
  for (const name of [
    'createSession',
    'getSession',
    'patchSession',
    'deleteSession',
    'listTickers',
    'getQuotes',
    'welcome',
    'pushTicks',
    'metrics',
    'livez',
    'healthz',
    'readyz',
  ]) {
    assert.ok(names.includes(name), name);
  }
});

for (const { operation, command } of commands) {
  test(`${operation}: ${command}`, async () => {
    const streams = operation === 'stream';
    const { status, body } = await run(command, await newSession(), streams);
    assert.ok(status >= 200 && status < 300, `${status}: ${body}`);
    if (streams) assert.match(body, /^event: snapshot$/m);
    else if (operation !== 'deleteSession') assert.notEqual(body, '');
  });
}
