// The stream: every message in both directions, its close codes, and every schema.
import { code, html, inline, json, nothing, paragraphs } from './html.mjs';
import { schemaInFull, schemaLink, shortType } from './schema.mjs';

// The server's messages, the client's: AsyncAPI takes the client's side.
const directions = ['subscribe', 'publish'];

/** [{path, channel, directions: [{direction, summary, messages: [{name, …the document's}]}]}] */
export function channelsOf(document) {
  return Object.entries(document.tree.channels).map(([path, channel]) => ({
    path,
    channel,
    directions: directions
      .filter((each) => channel[each] !== undefined)
      .map((direction) => ({
        direction,
        summary: channel[direction].summary,
        messages: (channel[direction].message.oneOf ?? [channel[direction].message]).map(
          (each) => ({ ...document.resolved(each), name: each.$ref.split('/').pop() }),
        ),
      })),
  }));
}

export const messageAnchor = (name) => `message-${name}`;

export function streamSection(document) {
  return channelsOf(document).map(
    ({ path, channel, directions: found }) => html`
<h3 id="channel"><code>${path}</code></h3>
${paragraphs(channel.description)}
<dl class="members">${Object.entries(channel.parameters).map(
      ([name, { description, schema }]) => html`
<div><dt><code>${name}</code></dt><dd><span class="type">${shortType(schema, document)}</span> <span class="about">${inline(description)}</span></dd></div>`,
    )}</dl>
${found.map(
  ({ direction, summary, messages }) => html`
<section aria-labelledby="${direction}">
<h3 id="${direction}">${summary}</h3>
${messages.map((message) => messageOf(message, document))}
</section>`,
)}
${extensionsOf(channel)}`,
  );
}

function messageOf({ name, summary, payload, examples = [] }, document) {
  const full = document.resolved(payload);
  return html`
<article class="message" aria-labelledby="${messageAnchor(name)}">
<h4 id="${messageAnchor(name)}"><a href="#${messageAnchor(name)}"><code>${name}</code></a> <span class="summary">${inline(summary)}</span></h4>
${
  full.oneOf === undefined
    ? schemaInFull(payload, document)
    : full.oneOf.map(
        (kind) => html`
<h5>${schemaLink(document.schemaName(kind), document)}</h5>
${schemaInFull(kind, document)}`,
      )
}
${examples.map(
  (
    example,
  ) => html`${example.summary === undefined ? nothing : html`<p>${inline(example.summary)}</p>`}
<pre class="example"><code>${json(example.payload)}</code></pre>`,
)}
</article>`;
}

/** x-close-codes: Close codes. */
export function extensionTitle(name) {
  const words = name.slice(2).replace(/-/g, ' ');
  return words[0].toUpperCase() + words.slice(1);
}

/** The document's own additions, each a list of short texts. */
function extensionsOf(channel) {
  return Object.entries(channel)
    .filter(([name]) => name.startsWith('x-'))
    .map(([name, rows]) => {
      return html`
<section aria-labelledby="${name.slice(2)}">
<h3 id="${name.slice(2)}">${extensionTitle(name)}</h3>
<dl class="members">${Object.entries(rows).map(([key, text]) => html`<div><dt>${code(key)}</dt><dd>${inline(String(text))}</dd></div>`)}</dl>
</section>`;
    });
}
