"""A strict reader of Prometheus's text format 0.0.4."""
import re

SAMPLE = re.compile(r'([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (NaN|[+-]Inf|-?[0-9.]+(?:e[+-]?\d+)?)')
LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"')
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("", "_sum", "_count")}


class Family:
    def __init__(self):
        self.type, self.samples = None, {}

    def label_sets(self, suffix=""):
        """The labels of each sample (`le` left out), as sorted tuples of pairs."""
        return {tuple(pair for pair in labels if pair[0] != "le")
                for name, labels in self.samples if name.endswith(suffix)}


def _labels(text):
    found, position = [], 0
    while position < len(text):
        match = LABEL.match(text, position)
        assert match, text
        found.append(match.groups())
        position = match.end()
        if position < len(text):
            assert text[position] == ",", text
            position += 1
    assert len({name for name, _ in found}) == len(found), text
    return tuple(sorted(found))


def parse(text):
    """The families by name; fails on anything a scraper might stumble over."""
    assert text.endswith("\n")
    families, current, name = {}, None, None
    for line in text.splitlines():
        if line.startswith("# HELP "):
            _, _, name, _ = line.split(" ", 3)
            assert name not in families, f"{name} is there twice"
            current = families[name] = Family()
        elif line.startswith("# TYPE "):
            _, _, of, kind = line.split(" ")
            assert of == name and current.type is None and not current.samples, line
            assert kind in ("counter", "gauge", "histogram", "summary", "untyped"), line
            current.type = kind
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            sample, labels, value = match.groups()
            assert sample in {name + suffix for suffix in SUFFIXES.get(current.type, ("",))}, line
            key = (sample, _labels(labels or ""))
            assert key not in current.samples, f"twice: {line}"
            current.samples[key] = float(value)
    for name, family in families.items():
        assert family.type, name
        if family.type == "histogram":
            _check_histogram(name, family)
        if family.type == "counter":
            assert all(value >= 0 for value in family.samples.values()), name
    return families


def edges(family, labels=()):
    """Upper edges of a histogram with their counts, in the order of the edges."""
    found = {}
    for (sample, pairs), value in family.samples.items():
        if sample.endswith("_bucket") and tuple(p for p in pairs if p[0] != "le") == labels:
            found[float(dict(pairs)["le"])] = value
    return sorted(found.items())


def _check_histogram(name, family):
    for labels in family.label_sets("_bucket"):
        buckets = edges(family, labels)
        counts = [count for _, count in buckets]
        assert counts == sorted(counts), f"{name}: buckets are cumulative"
        assert buckets[-1][0] == float("inf"), name
        assert buckets[-1][1] == family.samples[(name + "_count", labels)], name
        assert (name + "_sum", labels) in family.samples, name


def fates(server):
    """[delivered, conflated, abandoned]: the fates of the ticks."""
    values = server.metrics()
    return [int(values[f"tickcast_ticks_{fate}_total"]) for fate in ("delivered", "conflated", "abandoned")]
