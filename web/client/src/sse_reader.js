// Reads a text/event-stream (WHATWG HTML, section 9.2.6), piece by piece.

/** @typedef {{ type: string, data: string }} SseEvent */

/** The server's longest event is a snapshot; one that passes this is no event of the server's. */
const maxEventChars = 16 * 1024 * 1024;

export class SseReader {
  /** The last `id:` that an event came with. */
  lastEventId = '';

  #onEvent;
  #rest = '';
  #first = true;
  /** @type {string[]} */
  #data = [];
  #dataChars = 0;
  #type = '';
  #id = '';

  /** @param {(event: SseEvent) => void} onEvent */
  constructor(onEvent) {
    this.#onEvent = onEvent;
  }

  /**
   * @param {string} text decoded so that no character is cut
   * @throws {RangeError} where an event grows past all bounds
   */
  feed(text) {
    let pending = this.#rest + text;
    if (this.#first && pending !== '') {
      this.#first = false;
      if (pending.startsWith('\uFEFF')) pending = pending.slice(1);
    }
    const lineEnd = /\r\n|\r|\n/g;
    let begin = 0;
    for (let found = lineEnd.exec(pending); found !== null; found = lineEnd.exec(pending)) {
      // A \r at the very end may be the first half of \r\n.
      if (found[0] === '\r' && lineEnd.lastIndex === pending.length) break;
      this.#line(pending.slice(begin, found.index));
      begin = lineEnd.lastIndex;
    }
    this.#rest = pending.slice(begin);
    if (this.#rest.length + this.#dataChars > maxEventChars)
      throw new RangeError('an event without end');
  }

  /** @param {string} line */
  #line(line) {
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? '' : line.slice(colon + 1);
    if (value.startsWith(' ')) value = value.slice(1);
    if (field === 'data') {
      this.#data.push(value);
      this.#dataChars += value.length;
    } else if (field === 'event') {
      this.#type = value;
    } else if (field === 'id' && !value.includes('\0')) {
      this.#id = value;
    }
    // A line that begins with a colon is a comment. `retry` is for EventSource: the contract's
    // waits hold here.
  }

  #dispatch() {
    const event = { type: this.#type || 'message', data: this.#data.join('\n') };
    const empty = this.#data.length === 0;
    this.lastEventId = this.#id;
    this.#type = '';
    this.#data = [];
    this.#dataChars = 0;
    if (!empty) this.#onEvent(event);
  }
}
