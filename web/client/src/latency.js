// How old ticks are when they arrive, over the last minute, and how many come per second. Times are
// milliseconds of performance.now(), given by the caller: setting the clock does not move them.

/** Eight buckets per octave: a reading is within 5 % of the truth. */
const bucketsPerOctave = 8;
const leastMs = 0.1;
/** Up to three quarters of an hour. */
const bucketCount = 200;

const slotMs = 5_000;
const slotCount = 12;

const rateSeconds = 5;

class Slot {
  /** The number of its five seconds, since the epoch. */
  number = -1;
  count = 0;
  buckets = new Uint32Array(bucketCount);
}

/** @param {number} ms */
function bucketOf(ms) {
  if (!(ms > leastMs)) return 0;
  return Math.min(bucketCount - 1, 1 + Math.floor(Math.log2(ms / leastMs) * bucketsPerOctave));
}

/** @param {number} bucket its middle, in ms */
function middleOf(bucket) {
  return bucket === 0 ? 0 : leastMs * 2 ** ((bucket - 0.5) / bucketsPerOctave);
}

export class LatencyMeter {
  #slots = Array.from({ length: slotCount }, () => new Slot());

  /** @param {number} latencyMs a negative one counts as 0 @param {number} nowMs */
  add(latencyMs, nowMs) {
    const number = Math.floor(nowMs / slotMs);
    const slot = /** @type {Slot} */ (this.#slots[number % slotCount]);
    if (slot.number !== number) {
      slot.number = number;
      slot.count = 0;
      slot.buckets.fill(0);
    }
    slot.count += 1;
    const bucket = bucketOf(latencyMs);
    slot.buckets[bucket] = (slot.buckets[bucket] ?? 0) + 1;
  }

  /** @param {number} nowMs */
  read(nowMs) {
    const oldest = Math.floor(nowMs / slotMs) - slotCount + 1;
    const recent = this.#slots.filter((slot) => slot.number >= oldest);
    const count = recent.reduce((sum, slot) => sum + slot.count, 0);
    /** @param {number} share */
    const quantile = (share) => {
      let left = Math.ceil(count * share);
      for (let bucket = 0; bucket < bucketCount; ++bucket) {
        for (const slot of recent) left -= slot.buckets[bucket] ?? 0;
        if (left <= 0) return middleOf(bucket);
      }
      return undefined;
    };
    return count === 0
      ? { p50: undefined, p99: undefined, count }
      : { p50: quantile(0.5), p99: quantile(0.99), count };
  }
}

export class RateMeter {
  /** One per second, one of them under way. */
  #seconds = Array.from({ length: rateSeconds + 1 }, () => ({ number: -1, count: 0 }));

  /** @param {number} count @param {number} nowMs */
  add(count, nowMs) {
    const number = Math.floor(nowMs / 1000);
    const second = /** @type {{ number: number, count: number }} */ (
      this.#seconds[number % this.#seconds.length]
    );
    if (second.number !== number) {
      second.number = number;
      second.count = 0;
    }
    second.count += count;
  }

  /** Of the last five whole seconds. @param {number} nowMs */
  perSecond(nowMs) {
    const current = Math.floor(nowMs / 1000);
    const whole = this.#seconds.filter(
      (each) => each.number < current && each.number >= current - rateSeconds,
    );
    return whole.reduce((sum, each) => sum + each.count, 0) / rateSeconds;
  }
}
