// The chosen ticker's last price over time, one point per second, by lightweight-charts.
//
// Its own attribution logo brings a style element, which the page's Content-Security-Policy rightly
// refuses; the link and notice that its licence asks for stand below the chart instead.
import {
  AreaSeries,
  CrosshairMode,
  LastPriceAnimationMode,
  LineStyle,
  createChart,
} from '../vendor/lightweight-charts.js';
import * as format from './format.js';
import { needsRefill, pointsWithGaps, scaleDecimals } from './instrument.js';
import { colours } from './theme.js';

/** @typedef {import('./instrument.js').Instrument} Instrument */
/** @typedef {import('lightweight-charts').UTCTimestamp} UTCTimestamp */

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const shortClock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** @param {unknown} time seconds since the epoch; shown in the reader's time zone */
const timeText = (time) => clock.format(Number(time) * 1000);

export class Chart {
  #element = /** @type {HTMLElement} */ (document.getElementById('chart'));
  #chart;
  #series;
  /** @type {Instrument | undefined} */ #instrument;
  #version = -1;
  #first = 0; // the oldest and the newest second that the series has
  #newest = 0;
  #decimals = 2;

  constructor() {
    this.#chart = createChart(this.#element, {
      autoSize: true,
      layout: {
        attributionLogo: false,
        fontFamily: getComputedStyle(document.body).fontFamily,
        fontSize: 11,
      },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.12, bottom: 0.08 } },
      timeScale: {
        borderVisible: false,
        timeVisible: true,
        secondsVisible: true,
        rightOffset: 8,
        barSpacing: 5,
        minBarSpacing: 0.2,
        tickMarkFormatter: (/** @type {unknown} */ time) =>
          Number(time) % 60 === 0 ? shortClock.format(Number(time) * 1000) : timeText(time),
      },
      localization: {
        timeFormatter: timeText,
        priceFormatter: (/** @type {number} */ price) => format.price(price, this.#decimals),
      },
      crosshair: { mode: CrosshairMode.Magnet },
      handleScroll: { vertTouchDrag: false },
      grid: { vertLines: { visible: false } },
    });
    this.#series = this.#chart.addSeries(AreaSeries, {
      lineWidth: 2,
      priceLineStyle: LineStyle.Dotted,
      lastPriceAnimation: LastPriceAnimationMode.Disabled,
    });
    this.recolour();
  }

  /** The line is grey where the price is old. @param {boolean} [live] */
  recolour(live = true) {
    const { text, line, area, none, panel, flat, base } = colours();
    this.#chart.applyOptions({
      layout: { background: { color: panel }, textColor: flat },
      grid: { horzLines: { color: base } },
      crosshair: {
        vertLine: { color: flat, labelBackgroundColor: text },
        horzLine: { color: flat, labelBackgroundColor: text },
      },
    });
    const drawn = live ? line : flat;
    this.#series.applyOptions({
      lineColor: drawn,
      topColor: live ? area : none,
      bottomColor: none,
      priceLineColor: drawn,
    });
  }

  /** @param {Instrument | undefined} instrument */
  show(instrument) {
    this.#instrument = instrument;
    this.#version = instrument?.version ?? -1;
    this.#element.setAttribute(
      'aria-label',
      instrument ? `Chart of ${instrument.ticker}'s last price` : 'Chart of the last price',
    );
    this.#setDecimals(instrument);
    this.#fill(instrument);
    this.#chart.timeScale().scrollToRealTime();
  }

  /** The shown instrument's points since the last call. */
  update() {
    const shown = this.#instrument;
    if (!shown || shown.version === this.#version) return;
    this.#version = shown.version;
    this.#setDecimals(shown);
    const at = shown.times.length - 1;
    const isAtGap = Number.isNaN(shown.values[at]) || Number.isNaN(shown.values[at - 1]);
    if (isAtGap || needsRefill(shown.times, this.#first, this.#newest)) {
      this.#fill(shown);
      return;
    }
    this.#newest = shown.times[at];
    this.#series.update({
      time: /** @type {UTCTimestamp} */ (shown.times[at]),
      value: shown.values[at],
    });
  }

  /** @param {Instrument | undefined} instrument */
  #fill(instrument) {
    this.#first = instrument?.times[0] ?? 0;
    this.#newest = instrument?.times.at(-1) ?? 0;
    const { none } = colours();
    // A segment has the colour of the point that it begins at.
    const unseen = { lineColor: none, topColor: none, bottomColor: none };
    const points = pointsWithGaps(instrument?.times ?? [], instrument?.values ?? []);
    this.#series.setData(
      points.map(({ time, value, ends }) => ({
        time: /** @type {UTCTimestamp} */ (time),
        ...(value === undefined ? {} : { value }),
        ...(ends ? unseen : {}),
      })),
    );
  }

  /** @param {Instrument | undefined} instrument */
  #setDecimals(instrument) {
    const largest = Math.max(Math.abs(instrument?.high ?? 0), Math.abs(instrument?.low ?? 0));
    const decimals = scaleDecimals(instrument?.decimals ?? 2, largest);
    if (decimals === this.#decimals) return;
    this.#decimals = decimals;
    this.#series.applyOptions({
      priceFormat: { type: 'price', precision: decimals, minMove: 10 ** -decimals },
    });
  }
}
