// The page's text, held against the documents.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { parse } from 'yaml';
import { apiPage } from '../page.mjs';

const texts = ['openapi', 'asyncapi'].map((name) =>
  readFileSync(new URL(`../../../docs/${name}.yaml`, import.meta.url), 'utf8'),
);
const [openapi, asyncapi] = texts.map((text) => parse(text));
const page = apiPage(...texts);

const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];
const operations = Object.entries(openapi.paths).flatMap(([path, item]) =>
  methods
    .filter((method) => item[method])
    .map((method) => ({ path, method, item, ...item[method] })),
);

function resolved(document, { $ref, ...own }) {
  if ($ref === undefined) return own;
  const found = $ref
    .split('/')
    .slice(1)
    .reduce((tree, name) => tree[name], document);
  return { ...resolved(document, found), ...own };
}

/** The text of the article whose heading has this anchor, tags and all. */
function article(anchor) {
  const start = page.indexOf(
    `<article class="`,
    page.lastIndexOf('<article', page.indexOf(` id="${anchor}"`)),
  );
  assert.notEqual(page.indexOf(` id="${anchor}"`), -1, `nothing is called ${anchor}`);
  return page.slice(start, page.indexOf('</article>', start));
}

const unescape = (text) =>
  text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&');

function examplesIn(text) {
  return [...text.matchAll(/<pre class="example"><code>([^]*?)<\/code>/g)].map(([, example]) =>
    unescape(example),
  );
}

test('every operation is there, with its method, path, statuses and codes', () => {
  assert.ok(operations.length > 25);
  for (const { path, method, operationId, responses } of operations) {
    const text = article(operationId);
    assert.ok(text.includes(`>${method.toUpperCase()}</span> <code>${path}</code>`), operationId);
    const statuses = [...text.matchAll(/<span class="status s\d">(\d+)<\/span>/g)].map(
      ([, status]) => status,
    );
    assert.deepEqual(statuses.sort(), Object.keys(responses).sort(), operationId);
    for (const [status, response] of Object.entries(responses)) {
      const { content = {}, headers = {} } = resolved(openapi, response);
      const codes = (content['application/problem+json']?.schema.allOf ?? []).flatMap(
        (part) => part.properties?.code.enum ?? [],
      );
      const at = text.indexOf(`>${status}</span>`);
      const own = text.slice(at, text.indexOf('<span class="status', at + 10) >>> 0);
      for (const name of [...codes, ...Object.keys(headers)]) {
        assert.ok(own.includes(`<code>${name}</code>`), `${operationId} ${status} ${name}`);
      }
    }
  }
});

test('every parameter, every request and its example are there', () => {
  for (const { operationId, item, requestBody, parameters = [] } of operations) {
    const text = article(operationId);
    for (const parameter of [...(item.parameters ?? []), ...parameters]) {
      const { name, in: place } = resolved(openapi, parameter);
      assert.ok(text.includes(`<dt><code>${name}</code> <em>${place}`), `${operationId} ${name}`);
    }
    for (const [type, { schema, example }] of Object.entries(requestBody?.content ?? {})) {
      assert.ok(text.includes(`<code>${type}</code>`), `${operationId} ${type}`);
      for (const member of Object.keys(resolved(openapi, schema).properties ?? {})) {
        assert.ok(text.includes(`<dt><code>${member}</code>`), `${operationId} ${member}`);
      }
      const expected = typeof example === 'string' ? example.trimEnd() : JSON.stringify(example);
      // Short enough for one line.
      assert.ok(examplesIn(text).includes(expected), `${operationId} ${type}`);
    }
  }
});

test('every message of the stream is there, with its members and its examples', () => {
  const channel = asyncapi.channels['/v1/stream/{session_id}'];
  const messages = [channel.subscribe, channel.publish].flatMap(({ message }) => message.oneOf);
  assert.ok(messages.length >= 12);
  for (const { $ref } of messages) {
    const name = $ref.split('/').pop();
    const text = article(`message-${name}`);
    const message = resolved(asyncapi, { $ref });
    const payload = resolved(asyncapi, message.payload);
    for (const kind of payload.oneOf ?? [payload]) {
      for (const member of Object.keys(resolved(asyncapi, kind).properties)) {
        assert.ok(text.includes(`<dt><code>${member}</code>`), `${name} ${member}`);
      }
    }
    assert.ok(message.examples.length > 0, name);
    assert.deepEqual(
      examplesIn(text).map((each) => JSON.parse(each)),
      message.examples.map((each) => each.payload),
    );
  }
  for (const [code, meaning] of Object.entries(channel['x-close-codes'])) {
    assert.ok(page.includes(`<dt><code>${code}</code></dt><dd>${meaning.split(/[`;']/)[0]}`), code);
  }
});

test('every schema of both is there, and every problem code is in the list', () => {
  for (const [prefix, document] of [
    ['rest', openapi],
    ['stream', asyncapi],
  ]) {
    for (const [name, schema] of Object.entries(document.components.schemas)) {
      const text = article(`${prefix}-schema-${name}`);
      for (const member of Object.keys(schema.properties ?? {})) {
        assert.ok(text.includes(`<dt><code>${member}</code>`), `${name} ${member}`);
      }
    }
  }
  const codes = new Set(
    [...texts[0].matchAll(/code: \{enum: \[([^\]]+)\]/g)].flatMap(([, list]) => list.split(/,\s*/)),
  );
  assert.ok(codes.size > 20);
  for (const code of codes) assert.ok(page.includes(`<dt id="problem-${code}">`), code);
});

test('anchors are there once, links lead to them, and nothing is inline or foreign', () => {
  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length);
  const links = [...page.matchAll(/ (?:href|src)="([^"]+)"/g)].map(([, link]) => link);
  for (const link of links) {
    if (link.startsWith('#')) assert.ok(ids.includes(link.slice(1)), link);
    else assert.match(link, /^(\.\.\/(style\/[\w.]+)?|docs\.css|(open|async)api\.yaml)$/);
  }
  for (const { operationId } of operations)
    assert.ok(links.includes(`#${operationId}`), operationId);
  assert.doesNotMatch(page, /<script|<style| style=| on\w+=|javascript:/i);
  assert.doesNotMatch(page, /\[object |undefined|NaN|\$ref/);
});

const small = (more) => `
openapi: 3.1.0
info: {title: T, version: '1', description: 'a <b onclick="x()">bold</b> word & <script>x</script>'}
servers: [{url: 'http://localhost'}]
tags: []
x-not-in-this-document: {another-path: {description: p}, another-method: {description: m}, any-request: {}}
paths:
  /x:
    get:
      tags: [public]
      operationId: x
      summary: s
      responses: {'200': {description: d, content: {application/json: {schema: ${more}}}}}
components: {schemas: {}}
`;

const commandsOf = (text) =>
  [...text.matchAll(/<pre class="command"><code>([^]*?)<\/code>/g)].map(([, command]) =>
    unescape(command),
  );

test('a stream of events is asked for as one, a WebSocket not at all', () => {
  const events = small('{type: string}').replace('application/json', 'text/event-stream');
  assert.deepEqual(commandsOf(apiPage(events, texts[1])), [
    "curl -sN -H 'Accept: text/event-stream' http://localhost/x",
  ]);
  const upgrade = small('{type: string}').replace(
    "'200': {description: d, ",
    "'101': {description: d, ",
  );
  assert.deepEqual(commandsOf(apiPage(upgrade, texts[1])), []);
});

test('a quote in an example does not end the command', () => {
  const post = small('{type: string}')
    .replace('    get:', '    post:')
    .replace(
      'summary: s',
      `summary: s\n      requestBody: {content: {application/json: {schema: {type: object}, example: {a: "it's"}}}}`,
    );
  assert.deepEqual(commandsOf(apiPage(post, texts[1])), [
    `curl -s --json '{"a":"it'\\''s"}' http://localhost/x`,
  ]);
});

test('HTML in the documents is text', () => {
  const text = apiPage(small('{type: string, pattern: "<i>"}'), texts[1]);
  assert.doesNotMatch(text, /<b |<script|<i>/);
  assert.match(text, /&lt;script&gt;x&lt;\/script&gt;/);
  assert.match(text, /matches <code>&lt;i&gt;<\/code>/);
});

test('a keyword that was not foreseen is shown as it stands', () => {
  assert.match(
    apiPage(small('{type: integer, multipleOf: 5}'), texts[1]),
    /integer, multipleOf <code>5<\/code>/,
  );
});

test('a reference that leads nowhere stops it', () => {
  assert.throws(
    () => apiPage(small("{$ref: '#/components/schemas/Nope'}"), texts[1]),
    /Nope leads nowhere/,
  );
  assert.throws(
    () => apiPage(small("{$ref: 'other.yaml#/X'}"), texts[1]),
    /other\.yaml#\/X leads nowhere/,
  );
});
