// A price's last two minutes as a line in its row. Drawn at most once per second, and only where
// there is something new. An SVG path, as a canvas is a layer of its own that costs in every frame;
// its colours are the style sheet's.

const SPAN_SECONDS = 120;
const WIDTH = 120; // of the drawing, which the style sheet stretches to its place
const HEIGHT = 20;

/**
 * The points of a line, x and y by turns, in a box of that size; a pair of NaN where the line
 * breaks, because nothing is known from there to the next point. The time axis has a fixed span and
 * ends now, so that lines of different rows can be compared; where there is less than that, it is
 * stretched, to an eighth of the span at most. Pure.
 * @param {number[]} times seconds, ascending @param {number[]} values NaN where a gap begins
 * @param {number} nowSecond @param {number} width @param {number} height
 */
export function pointsOf(times, values, nowSecond, width, height) {
  const since = nowSecond - SPAN_SECONDS;
  let first = times.length;
  while (first > 0 && times[first - 1] >= since) first -= 1;
  if (first > 0) first -= 1; // the price that held when the span began
  while (first < times.length && Number.isNaN(values[first])) first += 1;
  if (first >= times.length) return [];
  let low = Infinity;
  let high = -Infinity;
  for (let i = first; i < values.length; i += 1) {
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  const begin = Math.max(since, Math.min(times[first], nowSecond - SPAN_SECONDS / 8));
  const x = (/** @type {number} */ time) =>
    (Math.max(0, time - begin) / (nowSecond - begin)) * width;
  const y = (/** @type {number} */ value) =>
    high === low ? height / 2 : height - ((value - low) / (high - low)) * height;
  const points = [];
  for (let i = first; i < times.length; i += 1) {
    if (Number.isNaN(values[i])) points.push(NaN, NaN);
    else points.push(x(Math.min(times[i], nowSecond)), y(values[i]));
  }
  const last = values[values.length - 1];
  if (!Number.isNaN(last)) points.push(width, y(last)); // it still holds
  return points;
}

/** The line as the `d` of a path. Pure. @param {number[]} points */
export function pathOf(points) {
  let path = '';
  let pen = 'M';
  for (let i = 0; i < points.length; i += 2) {
    if (Number.isNaN(points[i])) pen = 'M';
    else {
      path += `${pen}${points[i].toFixed(1)} ${points[i + 1].toFixed(1)}`;
      pen = 'L';
    }
  }
  return path;
}

/**
 * @param {SVGElement} line
 * @param {import('./instrument.js').Instrument} instrument
 * @param {number} nowSecond
 */
export function drawSparkline(line, instrument, nowSecond) {
  const points = pointsOf(instrument.times, instrument.values, nowSecond, WIDTH, HEIGHT);
  const [path, dot] = /** @type {SVGPathElement[]} */ (/** @type {unknown} */ (line.children));
  path.setAttribute('d', pathOf(points));
  const y = points[points.length - 1];
  dot.setAttribute('d', points.length < 2 || Number.isNaN(y) ? '' : `M${WIDTH} ${y.toFixed(1)}h0`);
  const sign = String(Math.sign(instrument.change ?? 0));
  if (line.dataset.sign !== sign) line.dataset.sign = sign;
}
