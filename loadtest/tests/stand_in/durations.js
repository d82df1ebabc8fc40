/** k6's durations of one part: 300ms, 60s, 2m. */
export function milliseconds(text) {
  const parts = /^([\d.]+)(ms|s|m)$/.exec(text);
  return Number(parts[1]) * { ms: 1, s: 1000, m: 60000 }[parts[2]];
}
