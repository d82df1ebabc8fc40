// The codes of application/problem+json, each with its status and the operations that may answer
// with it.
import { code, html, joined } from './html.mjs';
import { pathsOf, problemCodes } from './openapi.mjs';

export function problemSection(document) {
  const operations = pathsOf(document).flatMap((each) => each.operations);
  const rows = [...problemsOf(operations, document)].sort(
    ([a, one], [b, other]) => one.status - other.status || a.localeCompare(b),
  );
  return html`
<section aria-labelledby="problems">
<h2 id="problems">Problem codes</h2>
<p>The <code>code</code> of <code>application/problem+json</code>: it is what a program should look at.</p>
<dl class="members">${rows.map(
    ([problem, { status, where }]) => html`
<div><dt id="problem-${problem}">${code(problem)} <span class="status s${status[0]}">${status}</span></dt>
<dd>${joined(sources(where, operations), ', ')}</dd></div>`,
  )}</dl>
</section>`;
}

/**
 * Of each code its status and where it comes from: operations, or words for what is in no
 * operation.
 */
function problemsOf(operations, document) {
  const found = new Map();
  const note = (status, response, source) => {
    for (const { schema } of Object.values(document.resolved(response).content ?? {})) {
      for (const problem of problemCodes(schema)) {
        if (!found.has(problem)) found.set(problem, { status, where: [] });
        found.get(problem).where.push(source);
      }
    }
  };
  const elsewhere = document.tree['x-not-in-this-document'];
  note('404', elsewhere['another-path'], 'any other path');
  note('405', elsewhere['another-method'], 'any other method');
  const ofAnotherVersion = elsewhere['any-request']?.['505'];
  if (ofAnotherVersion !== undefined) note('505', ofAnotherVersion, 'any request');
  for (const operation of operations) {
    for (const [status, response] of Object.entries(operation.responses))
      note(status, response, operation);
  }
  return found;
}

/**
 * Operations one by one, unless they are all of them, or nearly, or all of a listener (and some
 * more).
 */
function sources(where, operations) {
  const words = where.filter((each) => typeof each === 'string');
  const some = where.filter((each) => typeof each !== 'string');
  const rest = operations.filter((each) => !some.includes(each));
  if (rest.length === 0) return [...words, 'any operation'];
  if (rest.length < 4) return [...words, html`any operation but ${joined(rest.map(link), ', ')}`];
  const tags = [...new Set(operations.flatMap((each) => each.tags))];
  const whole = tags.find((tag) => rest.every((each) => !each.tags.includes(tag)));
  if (whole === undefined) return [...words, ...some.map(link)];
  const more = some.filter((each) => !each.tags.includes(whole));
  return [...words, `any operation of the ${whole} listener`, ...more.map(link)];
}

const link = ({ operationId }) => html`<a href="#${operationId}">${operationId}</a>`;
