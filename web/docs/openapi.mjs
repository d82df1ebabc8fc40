// The REST interface: every path with its operations, and every schema.
import { STATUS_CODES } from 'node:http';
import { code, codes, html, inline, json, nothing, paragraphs } from './html.mjs';
import { curlFor } from './curl.mjs';
import { schemaInFull, schemaLink, shortType } from './schema.mjs';

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'trace'];
const problemType = 'application/problem+json';

/**
 * [{path, item, operations: [{method, path, parameters, servers, …the document's}]}] in the
 * document's order.
 */
export function pathsOf(document) {
  return Object.entries(document.tree.paths).map(([path, item]) => ({
    path,
    operations: methods
      .filter((method) => item[method] !== undefined)
      .map((method) => ({
        ...item[method],
        method,
        path,
        parameters: [...(item.parameters ?? []), ...(item[method].parameters ?? [])].map((each) =>
          document.resolved(each),
        ),
        server: (item[method].servers ?? item.servers ?? document.tree.servers)[0],
      })),
  }));
}

export const pathAnchor = (path) => `path${path.replace(/[{}]/g, '').replace(/\//g, '-')}`;

export function restSection(document) {
  return pathsOf(document).map(
    ({ path, operations }) => html`
<section class="path" aria-labelledby="${pathAnchor(path)}">
<h3 id="${pathAnchor(path)}"><code>${path}</code> <span class="listener">${operations[0].tags.join(', ')} listener</span></h3>
${operations.map((operation) => operationOf(operation, document))}
</section>`,
  );
}

function operationOf(operation, document) {
  const {
    method,
    path,
    operationId,
    summary,
    description,
    parameters,
    requestBody,
    responses,
    security,
  } = operation;
  return html`
<article class="operation" aria-labelledby="${operationId}">
<h4 id="${operationId}"><a href="#${operationId}"><span class="method ${method}">${method.toUpperCase()}</span> <code>${path}</code></a>
<span class="summary">${inline(summary)}</span></h4>
<p class="id">operation ${code(operationId)}</p>
${description === undefined ? nothing : paragraphs(description)}
${security === undefined ? nothing : securityOf(security, document)}
${curlOf(operation, document)}
${parameters.length === 0 ? nothing : html`<h5>Parameters</h5><dl class="members">${parameters.map((each) => parameterOf(each, document))}</dl>`}
${requestBody === undefined ? nothing : html`<h5>Request</h5>${contentOf(document.resolved(requestBody).content, document)}`}
<h5>Responses</h5>
${responsesOf(method === 'head' ? withoutBodies(responses, document) : responses, document)}
</article>`;
}

function securityOf(security, document) {
  const schemes = security.flatMap((each) => Object.keys(each));
  const optional = security.some((each) => Object.keys(each).length === 0);
  return schemes.map((name) => {
    const scheme = document.tree.components.securitySchemes[name];
    return html`<p><strong>${scheme.scheme} token</strong>${optional ? ', where one is asked for' : ''}: ${inline(scheme.description)}</p>`;
  });
}

function curlOf(operation, document) {
  const command = curlFor(operation, document);
  return command === undefined ? nothing : html`<pre class="command"><code>${command}</code></pre>`;
}

function parameterOf({ name, in: place, required, description, schema }, document) {
  return html`<div><dt><code>${name}</code> <em>${place}${required ? '' : ', optional'}</em></dt>
<dd><span class="type">${shortType(schema, document)}</span> <span class="about">${inline(description)}</span></dd></div>`;
}

/** In the document HEAD and GET have the same responses; over the wire HEAD's have no body. */
function withoutBodies(responses, document) {
  return Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      isCommon(response, document) ? response : { ...document.resolved(response), content: {} },
    ]),
  );
}

function isCommon({ $ref }, document) {
  const common = Object.values(document.tree['x-not-in-this-document']['any-request']).map(
    (each) => each.$ref,
  );
  return $ref !== undefined && [...common, '#/components/responses/Internal'].includes($ref);
}

/**
 * Answers that any request can get stand in one place, and are named here in one line: they would
 * be most of every list.
 */
function responsesOf(responses, document) {
  const entries = Object.entries(responses);
  const own = entries.filter(([, response]) => !isCommon(response, document));
  const others = entries.filter(([, response]) => isCommon(response, document));
  return html`${listOf(own, document)}${
    others.length === 0
      ? nothing
      : html`
<details><summary>As any request may get: ${others.map(([status]) => status).join(', ')}</summary>
${listOf(others, document)}
</details>`
  }`;
}

function listOf(entries, document) {
  return entries.length === 0
    ? nothing
    : html`<dl class="responses">${entries.map(([status, response]) =>
        responseOf(status, document.resolved(response), document),
      )}</dl>`;
}

export function responseOf(status, { description, headers = {}, content = {} }, document) {
  return html`<div><dt><span class="status s${status[0]}">${status}</span> ${STATUS_CODES[status] ?? ''}</dt>
<dd>${paragraphs(description)}${headersOf(headers, document)}${contentOf(content, document)}</dd></div>`;
}

function headersOf(headers, document) {
  const rows = Object.entries(headers).map(([name, value]) => {
    const { description, schema, required } = document.resolved(value);
    return html`<div><dt><code>${name}</code>${required ? nothing : html` <em>optional</em>`}</dt>
<dd><span class="type">${shortType(schema, document)}</span>${description === undefined ? nothing : html` <span class="about">${inline(description)}</span>`}</dd></div>`;
  });
  return rows.length === 0
    ? nothing
    : html`<details><summary>Header fields: ${codes(Object.keys(headers))}</summary><dl class="members">${rows}</dl></details>`;
}

function contentOf(content, document) {
  const entries = Object.entries(content);
  // Types that have only a name, such as those of files, share a line.
  const [bare, full] = [true, false].map((wanted) =>
    entries.filter(([, each]) => isBare(each) === wanted),
  );
  return html`${bare.length === 0 ? nothing : html`<p class="media">${codes(bare.map(([type]) => type))}</p>`}${full.map(
    ([type, { schema, example }]) => {
      const body =
        type === problemType
          ? problemOf(schema, document)
          : html`<p class="media">${code(type)}${namedAs(schema, document)}</p>${schemaInFull(schema, document)}`;
      return html`${body}${example === undefined ? nothing : html`<pre class="example"><code>${typeof example === 'string' ? example.trimEnd() : json(example)}</code></pre>`}`;
    },
  )}`;
}

function isBare({ schema = {}, example }) {
  return (
    example === undefined && Object.keys(schema).every((name) => ['type', 'format'].includes(name))
  );
}

function namedAs(schema, document) {
  const name = document.schemaName(schema);
  return name === undefined ? nothing : html` ${schemaLink(name, document)}`;
}

/** The status and codes that narrow a problem down, which every refusal has. */
function problemOf(schema, document) {
  const parts = schema.allOf ?? [schema];
  const possible = problemCodes(schema);
  const always = parts.flatMap((part) => part.required ?? []);
  return html`<p class="media">${code(problemType)} ${schemaLink('Problem', document)}: ${codes(possible)}${
    always.length === 0 ? nothing : html`, always with ${codes(always)}`
  }</p>`;
}

export function problemCodes(schema) {
  return (schema.allOf ?? []).flatMap((part) => part.properties?.code?.enum ?? []);
}
