// The page at /docs: both documents as one piece of static HTML. It needs no script, and neither a
// style attribute nor a style element, so that the strictest Content-Security-Policy lets it be.
import { channelsOf, extensionTitle, messageAnchor, streamSection } from './asyncapi.mjs';
import { Document } from './document.mjs';
import { html, paragraphs } from './html.mjs';
import { pathAnchor, pathsOf, responseOf, restSection } from './openapi.mjs';
import { problemSection } from './problems.mjs';
import { schemaInFull } from './schema.mjs';

/** The page as text, made of the text of the two documents. */
export function apiPage(openapiText, asyncapiText) {
  const rest = new Document('rest', openapiText);
  const stream = new Document('stream', asyncapiText);
  return String(html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>API · Tickcast</title>
<link rel="icon" href="../style/favicon.svg" type="image/svg+xml" />
<link rel="stylesheet" href="../style/palette.css" />
<link rel="stylesheet" href="../style/dark.css" media="(prefers-color-scheme: dark)" />
<link rel="stylesheet" href="docs.css" />
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<p class="brand"><a href="../"><svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true"><path d="M2 15h4l3-9 5 13 3-8h5" fill="none" stroke="currentColor" stroke-width="2.25" stroke-linecap="round" stroke-linejoin="round" /></svg> Tickcast</a></p>
<p class="links"><a href="../">Live prices</a> <a href="openapi.yaml">openapi.yaml</a> <a href="asyncapi.yaml">asyncapi.yaml</a></p>
</header>
<div class="columns">
${contents(rest, stream)}
<main id="content">
<h1>The API</h1>
<section aria-labelledby="rest">
<h2 id="rest">REST</h2>
${paragraphs(rest.tree.info.description)}
${restSection(rest)}
</section>
${anyRequest(rest)}
${problemSection(rest)}
${schemaSection('Schemas of the REST interface', rest)}
<section aria-labelledby="stream-messages">
<h2 id="stream-messages">The stream</h2>
${paragraphs(stream.tree.info.description)}
${streamSection(stream)}
</section>
${schemaSection('Schemas of the stream', stream)}
</main>
</div>
</body>
</html>
`);
}

function contents(rest, stream) {
  return html`
<nav aria-label="Contents">
<h2><a href="#rest">REST</a></h2>
<ul>${pathsOf(rest).map(
    ({ path, operations }) => html`
<li><a href="#${pathAnchor(path)}"><code>${path}</code></a> <span class="methods">${operations.map(
      ({ method, operationId }) => html`
<a class="method ${method}" href="#${operationId}" title="${operationId}">${method.toUpperCase()}</a>`,
    )}</span></li>`,
  )}
<li><a href="#any-request">What any request may get</a></li>
<li><a href="#problems">Problem codes</a></li>
<li><a href="#rest-schemas">Schemas</a></li>
</ul>
<h2><a href="#stream-messages">The stream</a></h2>
<ul>${channelsOf(stream).flatMap(({ directions, channel }) => [
    ...directions.map(
      ({ direction, summary, messages }) => html`
<li><a href="#${direction}">${summary}</a> <span class="methods">${messages.map(
        ({ name }) => html`
<a href="#${messageAnchor(name)}"><code>${name}</code></a>`,
      )}</span></li>`,
    ),
    ...Object.keys(channel)
      .filter((name) => name.startsWith('x-'))
      .map(
        (name) => html`
<li><a href="#${name.slice(2)}">${extensionTitle(name)}</a></li>`,
      ),
  ])}
<li><a href="#stream-schemas">Schemas</a></li>
</ul>
</nav>`;
}

function anyRequest(rest) {
  const {
    'another-path': path,
    'another-method': method,
    'any-request': any,
  } = rest.tree['x-not-in-this-document'];
  const list = (entries) =>
    html`<dl class="responses">${entries.map(([status, response]) =>
      responseOf(status, rest.resolved(response), rest),
    )}</dl>`;
  return html`
<section aria-labelledby="any-request">
<h2 id="any-request">What any request may get</h2>
<p>A request for what is not in this document:</p>
${list([
  ['404', path],
  ['405', method],
])}
<p>Any request, also one of which too little could be read to know what it was for:</p>
${list(Object.entries(any))}
</section>`;
}

function schemaSection(title, document) {
  return html`
<section aria-labelledby="${document.name}-schemas">
<h2 id="${document.name}-schemas">${title}</h2>
${Object.entries(document.tree.components.schemas).map(
  ([name, schema]) => html`
<article class="schema" aria-labelledby="${document.schemaAnchor(name)}">
<h3 id="${document.schemaAnchor(name)}"><a href="#${document.schemaAnchor(name)}">${name}</a></h3>
${schemaInFull(schema, document)}
</article>`,
)}
</section>`;
}
