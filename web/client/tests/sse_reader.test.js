import assert from 'node:assert/strict';
import { test } from 'node:test';

import { SseReader } from '../src/sse_reader.js';

function read(...pieces) {
  const events = [];
  const reader = new SseReader(({ type, data }) => events.push([type, data, reader.lastEventId]));
  pieces.forEach((piece) => reader.feed(piece));
  return events;
}

const stream =
  '\uFEFFretry: 1500\n\nid: S.1\nevent: snapshot\ndata: {"a":1}\n\n: heartbeat\n\nevent:ticks\r\ndata:one\r\ndata: two\r\n\r\ndata\rid\r\rdata: cut off';
const events = [
  ['snapshot', '{"a":1}', 'S.1'],
  ['ticks', 'one\ntwo', 'S.1'],
  ['message', '', ''],
];

test('SseReader_OfAllKindsOfLines_ReadsTheEventsThatEnded', () => {
  assert.deepEqual(read(stream), events);
});

test('SseReader_CutAnywhere_ReadsTheSame', () => {
  for (let cut = 0; cut <= stream.length; ++cut) {
    assert.deepEqual(read(stream.slice(0, cut), stream.slice(cut)), events, `cut at ${cut}`);
  }
  assert.deepEqual(read(...stream), events);
});

test('SseReader_OfFieldsItDoesNotKnow_IgnoresThem', () => {
  assert.deepEqual(read('id: a\0b\nfoo: bar\ndata:  x\n\nevent: nothing\n\n'), [
    ['message', ' x', ''],
  ]);
});

test('SseReader_OfAnEndlessEvent_GivesUp', () => {
  const piece = 'x'.repeat(1024 * 1024);
  const feed = (lineEnd) => {
    const reader = new SseReader(() => assert.fail('no event ended'));
    for (let mebibyte = 0; mebibyte < 18; ++mebibyte) reader.feed(`data: ${piece}${lineEnd}`);
  };
  assert.throws(() => feed(''), RangeError);
  assert.throws(() => feed('\n'), RangeError);
  assert.equal(read(`data: ${piece}`, piece, '\n\n')[0][1].length, 2 * piece.length);
});
