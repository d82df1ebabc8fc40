// A price's last two minutes in a small canvas. Drawn at most once a second, and only where there is something new.

const SPAN_SECONDS = 120;

/** @typedef {{ up: string, down: string, flat: string, base: string }} Colours */

/**
 * The points of a line, x and y by turns, in a box of that size. The time axis has a fixed span and ends now, so that lines of
 * different rows can be compared; where there is less than that, it is stretched, to an eighth of the span at most. Pure.
 * @param {number[]} times seconds, ascending @param {number[]} values @param {number} nowSecond @param {number} width @param {number} height
 */
export function pointsOf(times, values, nowSecond, width, height) {
  const since = nowSecond - SPAN_SECONDS;
  let first = times.length;
  while (first > 0 && times[first - 1] >= since) first -= 1;
  if (first > 0) first -= 1; // the price that held when the span began
  if (first >= times.length) return [];
  let low = Infinity;
  let high = -Infinity;
  for (let i = first; i < values.length; i += 1) {
    low = Math.min(low, values[i]);
    high = Math.max(high, values[i]);
  }
  const begin = Math.max(since, Math.min(times[first], nowSecond - SPAN_SECONDS / 8));
  const x = (/** @type {number} */ time) =>
    (Math.max(0, time - begin) / (nowSecond - begin)) * width;
  const y = (/** @type {number} */ value) =>
    high === low ? height / 2 : height - ((value - low) / (high - low)) * height;
  const points = [];
  for (let i = first; i < times.length; i += 1)
    points.push(x(Math.min(times[i], nowSecond)), y(values[i]));
  points.push(width, y(values[values.length - 1])); // it still holds
  return points;
}

/**
 * @param {HTMLCanvasElement} canvas @param {import('./instrument.js').Instrument} instrument
 * @param {number} nowSecond @param {Colours} colours @param {boolean} live
 */
export function drawSparkline(canvas, instrument, nowSecond, colours, live) {
  const ratio = globalThis.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (width === 0 || height === 0) return;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext('2d');
  if (!pen) return;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  const points = pointsOf(instrument.times, instrument.values, nowSecond, width - 4, height - 6);
  if (points.length < 4) return;
  const sign = Math.sign(instrument.change ?? 0);
  pen.strokeStyle = !live || sign === 0 ? colours.flat : sign > 0 ? colours.up : colours.down;
  pen.lineWidth = 1.25;
  pen.lineJoin = 'round';
  pen.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    if (i === 0) pen.moveTo(points[i] + 1, points[i + 1] + 3);
    else pen.lineTo(points[i] + 1, points[i + 1] + 3);
  }
  pen.stroke();
  pen.fillStyle = pen.strokeStyle;
  pen.beginPath();
  pen.arc(width - 3, points[points.length - 1] + 3, 1.75, 0, Math.PI * 2);
  pen.fill();
}
