// k6 has a console, which @types/k6 leaves to the DOM's types; the rest of those would be wrong
// here.
declare const console: {
  log(...what: unknown[]): void;
  warn(...what: unknown[]): void;
  error(...what: unknown[]): void;
};
