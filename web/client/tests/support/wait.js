// Waiting for an event, with a deadline: no test sleeps and hopes.

import { readdir, readFile } from 'node:fs/promises';

/**
 * @template T
 * @param {() => T | Promise<T>} condition
 * @returns {Promise<NonNullable<T>>} what it gave once it was true
 */
export async function until(condition, what = String(condition), withinMs = 40_000) {
  const end = performance.now() + withinMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

/**
 * Stops a process, and waits until each of its threads has met the SIGSTOP: before that, a thread
 * might still answer. SIGCONT lets the process go on.
 */
export async function standStill(pid) {
  process.kill(pid, 'SIGSTOP');
  await until(async () => {
    const tasks = await readdir(`/proc/${pid}/task`);
    const stats = await Promise.all(
      tasks.map((task) => readFile(`/proc/${pid}/task/${task}/stat`, 'utf8')),
    );
    return stats.every((stat) => stat.slice(stat.lastIndexOf(')')).startsWith(') T'));
  });
}

/** A client's events, in order, as [type, detail]. */
export function record(client, ...types) {
  const events = [];
  for (const type of types) client.on(type, (detail) => events.push([type, detail]));
  return events;
}

/** The first state event, at or after `from`, of which `matches` is true. */
export function stateWhere(events, matches) {
  return until(() => events.map(([, detail]) => detail).find(matches), `a state: ${matches}`);
}
