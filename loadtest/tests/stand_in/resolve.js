const modules = {
  k6: 'k6.js',
  'k6/http': 'http.js',
  'k6/websockets': 'websockets.js',
  'k6/metrics': 'metrics.js',
  'k6/execution': 'execution.js',
  'k6/timers': 'timers.js',
};

export function resolve(specifier, context, next) {
  if (specifier in modules) {
    return { url: new URL(modules[specifier], import.meta.url).href, shortCircuit: true };
  }
  return next(specifier, context);
}
