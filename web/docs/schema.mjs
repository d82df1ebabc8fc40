// JSON schemas as HTML. A keyword that this file does not know is shown as it stands in the
// document, so that nothing is lost.
import { code, codes, html, inline, joined, nothing } from './html.mjs';

/**
 * A schema in full: its description, its members, what else counts. A reference is followed once.
 */
export function schemaInFull(schema, document) {
  const it = document.resolved(schema);
  const { description, type, properties, required = [], additionalProperties, ...rest } = it;
  const head = description === undefined ? nothing : html`<p>${inline(description)}</p>`;
  if (properties === undefined) return html`${head}<p class="type">${shortType(it, document)}</p>`;
  const members = Object.entries(properties).map(([name, member]) =>
    memberOf(name, member, required.includes(name), document),
  );
  return html`${head}<dl class="members">${members}</dl>${notes(additionalProperties, rest, document)}`;
}

function memberOf(name, schema, required, document) {
  const { description } =
    document.schemaName(schema) === undefined || schema.description !== undefined
      ? schema
      : document.resolved(schema);
  const about = [
    html`<span class="type">${shortType(schema, document)}</span>`,
    description === undefined ? nothing : html` <span class="about">${inline(description)}</span>`,
  ];
  return html`<div><dt><code>${name}</code>${required ? nothing : html` <em>optional</em>`}</dt><dd>${about}</dd></div>`;
}

function notes(additionalProperties, rest, document) {
  const found = restrictions(rest, document);
  if (additionalProperties === false) found.push(html`no other members`);
  return found.map((each) => html`<p class="notes">${each}</p>`);
}

/** The values that are allowed, on one line; named schemas are links. */
export function shortType(schema, document) {
  const name = document.schemaName(schema);
  if (name !== undefined) {
    const { $ref, description, ...beside } = schema;
    return html`${schemaLink(name, document)}${ofNumber(schema, document)}${suffix(restrictions(beside, document))}`;
  }
  const {
    type,
    items,
    description,
    const: constant,
    enum: choice,
    properties,
    required,
    additionalProperties,
    allOf,
    oneOf,
    ...rest
  } = schema;
  const kinds = [];
  if (constant !== undefined) kinds.push(code(constant));
  else if (choice !== undefined)
    kinds.push(html`${choice.length === 1 ? '' : 'one of '}${codes(choice)}`);
  else if (items !== undefined)
    kinds.push(html`list of ${shortType(items, document)}${aside(items)}`);
  else if (type !== undefined) kinds.push(html`${type}`);
  if (allOf !== undefined)
    kinds.push(
      html`${joined(
        allOf.map((each) => shortType(each, document)),
        ', and ',
      )}`,
    );
  if (oneOf !== undefined)
    kinds.push(
      html`${joined(
        oneOf.map((each) => shortType(each, document)),
        ', or ',
      )}`,
    );
  if (properties !== undefined)
    kinds.push(html`with ${joined(membersInShort(properties, document), ', ')}`);
  if (properties === undefined && required !== undefined) kinds.push(html`with ${codes(required)}`);
  return html`${joined(kinds, ' ')}${suffix(restrictions(rest, document))}`;
}

/**
 * A number's range is worth a word beside its name; a string's pattern would be most of the line.
 */
function ofNumber({ $ref }, document) {
  const named = document.resolved({ $ref });
  if (!['integer', 'number'].includes(named.type)) return nothing;
  return html` (${shortType(named, document)})`;
}

function aside({ $ref, description }) {
  return description === undefined || $ref !== undefined
    ? nothing
    : html` (${inline(description)})`;
}

function membersInShort(properties, document) {
  return Object.entries(properties).map(([name, schema]) =>
    schema === false ? html`no ${code(name)}` : html`${code(name)}: ${shortType(schema, document)}`,
  );
}

export function schemaLink(name, document) {
  return html`<a href="#${document.schemaAnchor(name)}">${name}</a>`;
}

function suffix(found) {
  return found.length === 0 ? nothing : html`, ${joined(found, ', ')}`;
}

/** Everything that narrows a value down, each as a few words. */
function restrictions(schema, document) {
  const left = { ...schema };
  const take = (name) => {
    const value = left[name];
    delete left[name];
    return value;
  };
  const found = [];
  range(found, '', take('minimum'), take('maximum'));
  range(found, ' items', take('minItems'), take('maxItems'));
  range(found, ' characters', take('minLength'), take('maxLength'));
  const above = take('exclusiveMinimum');
  if (above !== undefined) found.push(html`over ${above}`);
  const pattern = take('pattern');
  if (pattern !== undefined) found.push(html`matches ${code(pattern)}`);
  if (take('uniqueItems') === true) found.push(html`each once`);
  const initial = take('default');
  if (initial !== undefined) found.push(html`${code(initial)} if absent`);
  const examples = take('examples');
  if (examples !== undefined) found.push(html`such as ${codes(examples)}`);
  const choice = take('anyOf');
  if (choice !== undefined) found.push(anyOf(choice, document));
  const [condition, then, otherwise] = [take('if'), take('then'), take('else')];
  if (condition !== undefined) found.push(conditional(condition, then, otherwise, document));
  for (const [name, value] of Object.entries(left)) found.push(html`${name} ${code(value)}`);
  return found;
}

function range(found, unit, least, most) {
  const name = (value) =>
    unit === '' ? value : `${value}${value === 1 ? unit.replace(/s$/, '') : unit}`;
  if (least !== undefined && most !== undefined) found.push(html`${least} to ${name(most)}`);
  else if (least !== undefined) found.push(html`at least ${name(least)}`);
  else if (most !== undefined) found.push(html`at most ${name(most)}`);
}

function anyOf(choice, document) {
  const names = choice.map((each) =>
    Object.keys(each).join() === 'required' ? each.required : undefined,
  );
  if (names.every((each) => each?.length === 1))
    return html`at least one of ${codes(names.flat())}`;
  return html`any of ${joined(
    choice.map((each) => shortType(each, document)),
    ', or ',
  )}`;
}

function conditional(condition, then, otherwise, document) {
  const branch = (word, schema) =>
    schema === undefined ? nothing : html`${word} ${clause(schema, document)}`;
  return html`where ${clause(condition, document)}${branch(':', then)}${branch('; else:', otherwise)}`;
}

/** A schema's conditions on members: some are there, some are not, some have a value. */
function clause({ properties = {}, required = [], ...rest }, document) {
  const members = Object.entries(properties).map(([name, schema]) =>
    schema === false
      ? html`no ${code(name)}`
      : html`${code(name)} is ${shortType(schema, document)}`,
  );
  const there = required
    .filter((name) => properties[name] === undefined)
    .map((name) => html`${code(name)} is there`);
  return html`${joined([...members, ...there, ...restrictions(rest, document)], ' and ')}`;
}
