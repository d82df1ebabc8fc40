// One of the two documents, OpenAPI or AsyncAPI: its references, and the anchors of its parts.
import { parse } from 'yaml';

export class Document {
  /** NAME goes before its schemas' anchors: both documents have a Tick. */
  constructor(name, text) {
    this.name = name;
    this.tree = parse(text);
  }

  /**
   * VALUE itself, or the value that it refers to. Members beside a reference (a description) win.
   */
  resolved(value) {
    const { $ref, ...beside } = value;
    if ($ref === undefined) return value;
    const found = $ref.startsWith('#/')
      ? $ref
          .slice(2)
          .split('/')
          .reduce((tree, part) => tree?.[part.replace(/~1/g, '/').replace(/~0/g, '~')], this.tree)
      : undefined;
    if (found === undefined) throw new Error(`${this.name}: ${$ref} leads nowhere`);
    return { ...this.resolved(found), ...beside };
  }

  /** The name of the schema that VALUE refers to, if it does. */
  schemaName(value) {
    return /^#\/components\/schemas\/([^/]+)$/.exec(value.$ref ?? '')?.[1];
  }

  schemaAnchor(schema) {
    return `${this.name}-schema-${schema}`;
  }
}
