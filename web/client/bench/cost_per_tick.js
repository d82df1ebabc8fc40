// The cost of a tick in the client beside reading its JSON: processor time over the same frames,
// without sockets. node bench/cost_per_tick.js [FRAMES [TICKS_A_FRAME]]

import { connect } from '../index.js';

const frameCount = Number(process.argv[2] ?? 20_000);
const ticksAFrame = Number(process.argv[3] ?? 4);
const rounds = 5;
const tickers = Array.from({ length: 60 }, (_, number) => `T${number}`);

const frames = Array.from({ length: frameCount }, (_, frame) =>
  JSON.stringify({
    type: 'ticks',
    ticks: Array.from({ length: ticksAFrame }, (_, place) => {
      const number = frame * ticksAFrame + place;
      return {
        s: tickers[number % tickers.length],
        p: 189.34,
        b: 189.33,
        a: 189.35,
        z: 100,
        bz: 3,
        az: 5,
        x: 1764000000123456,
        t: Date.now() * 1000 + number,
        n: 1 + Math.floor(number / tickers.length),
      };
    }),
  }),
);

/** @type {FrameSocket} */
let socket;

class FrameSocket {
  readyState = 1;

  constructor() {
    socket = this;
    const snapshot = {
      type: 'snapshot',
      session_id: 'S',
      epoch: 'E',
      feed: 'live',
      tickers,
      quotes: [],
    };
    setTimeout(() => this.onmessage({ data: JSON.stringify(snapshot) }));
  }

  send() {}

  close() {
    this.onclose({ code: 1000 });
  }
}

const fetch = async () =>
  new Response(JSON.stringify({ session_id: 'S', tickers, throttle_ms: 0 }), { status: 201 });

/** @param {string} what @param {(text: string) => void} take */
function measure(what, take) {
  frames.forEach(take); // warm
  const before = process.cpuUsage();
  for (let round = 0; round < rounds; ++round) frames.forEach(take);
  const { user, system } = process.cpuUsage(before);
  const nanoseconds = ((user + system) * 1000) / (rounds * frames.length * ticksAFrame);
  console.log(`${what.padEnd(26)} ${nanoseconds.toFixed(0).padStart(5)} ns a tick`);
}

/** @param {string} what @param {(client: any, count: () => void) => void} listen */
async function measureClient(what, listen) {
  const client = connect({ url: 'http://localhost', tickers, WebSocket: FrameSocket, fetch });
  let seen = 0;
  listen(client, () => (seen += 1));
  await new Promise((done) => client.on('snapshot', done));
  measure(what, (text) => socket.onmessage({ data: text }));
  if (client.stats.received === 0 || seen === 0) throw new Error('nothing was measured');
  await client.close();
}

let read = 0;
measure('JSON.parse alone', (text) => {
  read += JSON.parse(text).ticks.length;
});
if (read === 0) throw new Error('nothing was measured');
await measureClient("on('ticks')", (client, count) => client.on('ticks', count));
await measureClient("on('quote')", (client, count) => client.on('quote', count));
await measureClient("addEventListener('quote')", (client, count) =>
  client.addEventListener('quote', count),
);
