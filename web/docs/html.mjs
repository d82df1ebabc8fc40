// HTML made of template literals: inserted values are escaped unless they are HTML already. The
// result is XML as well, so that a test can check whether every tag is closed.
import { Marked } from 'marked';

class Html {
  constructor(text) {
    this.text = text;
  }
  toString() {
    return this.text;
  }
}

const escaped = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text) => text.replace(/[&<>"']/g, (sign) => escaped[sign]);

/**
 * html`<p>${text}</p>`: strings and numbers are escaped, lists are joined, nothing else is taken.
 */
export function html(texts, ...values) {
  return new Html(texts[0] + values.map((value, i) => put(value) + texts[i + 1]).join(''));
}

/** For what a page leaves out. */
export const nothing = new Html('');

function put(value) {
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(put).join('');
  if (typeof value === 'string' || typeof value === 'number') return escape(String(value));
  throw new TypeError(`neither text nor HTML: ${JSON.stringify(value)}`);
}

// The documents' texts are Markdown. HTML in them is text like any other.
const markdown = new Marked({ renderer: { html: ({ text }) => escape(text) } });

export const paragraphs = (text) => new Html(markdown.parse(text).trim());
export const inline = (text) => new Html(markdown.parseInline(text).trim());

/** The values with something between each two. */
export function joined(values, between) {
  return values.flatMap((value, i) => (i === 0 ? [value] : [between, value]));
}

export const code = (value) =>
  html`<code>${typeof value === 'string' ? value : JSON.stringify(value)}</code>`;
export const codes = (values) => joined(values.map(code), ' ');

/**
 * JSON as the server writes it, without spaces; only texts that are too long for a line are broken
 * up.
 */
export function json(value, indent = '', before = '', room = 104) {
  const flat = JSON.stringify(value);
  if (value === null || typeof value !== 'object' || before.length + flat.length <= room)
    return flat;
  const deeper = indent + '  ';
  const list = Array.isArray(value);
  const lines = Object.entries(value).map(([name, each]) => {
    const start = deeper + (list ? '' : `${JSON.stringify(name)}: `);
    return start + json(each, deeper, start, room);
  });
  return `${list ? '[' : '{'}\n${lines.join(',\n')}\n${indent}${list ? ']' : '}'}`;
}
