// The page imports the library from where the server serves it; its types are the package's.
export * from 'lightweight-charts';
