// k6's four kinds of metrics, and thresholds as k6 judges them: without a sample a trend's
// percentiles are 0 and a rate's thresholds pass.

const registry = new Map();

class Sink {
  constructor(type) {
    this.type = type;
    this.values = [];
    this.sum = 0;
    this.last = 0;
    this.trues = 0;
    this.total = 0;
  }

  add(value) {
    this.total += 1;
    this.sum += value;
    this.last = value;
    this.trues += value !== 0 ? 1 : 0;
    if (this.type === 'trend') {
      this.values.push(value);
    }
  }

  percentile(percent) {
    const sorted = this.values.slice().sort((left, right) => left - right);
    if (sorted.length === 0) {
      return 0;
    }
    const at = (percent / 100) * (sorted.length - 1);
    const low = sorted[Math.floor(at)];
    return low + (sorted[Math.ceil(at)] - low) * (at - Math.floor(at));
  }

  /** undefined = no such value yet, and a threshold on it passes. */
  value(what, seconds) {
    if (this.type === 'counter') {
      return { count: this.sum, rate: this.sum / seconds }[what];
    }
    if (this.type === 'gauge') {
      return what === 'value' ? this.last : undefined;
    }
    if (this.type === 'rate') {
      return what === 'rate' && this.total > 0 ? this.trues / this.total : undefined;
    }
    const percent = /^p\((.+)\)$/.exec(what);
    if (percent) {
      return this.percentile(Number(percent[1]));
    }
    const named = { min: 0, med: 50, max: 100 };
    return what === 'count'
      ? this.values.length
      : what in named
        ? this.percentile(named[what])
        : undefined;
  }
}

function metric(name, type) {
  if (!registry.has(name)) {
    registry.set(name, { type, sink: new Sink(type), subs: new Map() });
  }
  const found = registry.get(name);
  if (found.type !== type) {
    throw new Error(`metric ${name} is a ${found.type}`);
  }
  return found;
}

export function record(name, type, value, tags = {}) {
  if (typeof value === 'boolean') {
    value = value ? 1 : 0;
  }
  if (typeof value !== 'number' || Number.isNaN(value)) {
    throw new Error(`${value} is an invalid value for metric ${name}`);
  }
  const found = metric(name, type);
  found.sink.add(value);
  for (const [key, tagged] of Object.entries(tags)) {
    const filter = `${key}:${tagged}`;
    if (!found.subs.has(filter)) {
      found.subs.set(filter, new Sink(type));
    }
    found.subs.get(filter).add(value);
  }
}

const kind = (type) =>
  class {
    constructor(name) {
      this.name = name;
      metric(name, type);
    }

    add(value, tags) {
      record(this.name, type, value, tags);
    }
  };

export const Counter = kind('counter');
export const Gauge = kind('gauge');
export const Trend = kind('trend');

for (const [name, type] of Object.entries({
  checks: 'rate',
  http_reqs: 'counter',
  http_req_duration: 'trend',
  http_req_failed: 'rate',
  ws_connecting: 'trend',
  ws_sessions: 'counter',
})) {
  metric(name, type);
}

const stats = {
  counter: ['count', 'rate'],
  gauge: ['value'],
  rate: ['rate'],
};

function sinkOf(name) {
  const [base, filter] = name.replace(/}$/, '').split('{');
  if (!registry.has(base)) {
    throw new Error(`invalid metric '${name}' in threshold definitions: no such metric`);
  }
  const found = registry.get(base);
  return filter === undefined ? found.sink : found.subs.get(filter) || new Sink(found.type);
}

/** Whether `source`, such as "p(95)<200", holds. */
function holds(sink, source, seconds) {
  const parts = /^(count|rate|value|min|max|med|p\([\d.]+\))\s*(<=|>=|<|>|==)\s*([\d.]+)$/.exec(
    source,
  );
  const values = {
    counter: /^(count|rate)$/,
    gauge: /^value$/,
    rate: /^rate$/,
    trend: /^(min|max|med|p\(.*\))$/,
  };
  if (parts === null || !values[sink.type].test(parts[1])) {
    throw new Error(`threshold ${source} on a ${sink.type} is none`);
  }
  const left = sink.value(parts[1], seconds);
  const right = Number(parts[3]);
  const compare = {
    '<': left < right,
    '<=': left <= right,
    '>': left > right,
    '>=': left >= right,
    '==': left === right,
  };
  return left === undefined || compare[parts[2]];
}

/** What k6 hands to handleSummary, as far as it is used. */
export function summaryData(options, startedMs) {
  const durationMs = Date.now() - startedMs;
  const seconds = durationMs / 1000;
  const metrics = {};
  const put = (name, sink) => {
    const shown = stats[sink.type] || options.summaryTrendStats;
    metrics[name] = { type: sink.type, contains: 'default', values: {} };
    for (const stat of shown) {
      metrics[name].values[stat] = sink.value(stat, seconds) ?? 0;
    }
  };
  for (const [name, found] of registry) {
    if (found.sink.total > 0) {
      put(name, found.sink);
    }
  }
  for (const [name, sources] of Object.entries(options.thresholds)) {
    put(name, sinkOf(name));
    metrics[name].thresholds = Object.fromEntries(
      sources.map((source) => [source, { ok: holds(sinkOf(name), source, seconds) }]),
    );
  }
  return { metrics, state: { testRunDurationMs: durationMs }, options: {}, root_group: {} };
}
