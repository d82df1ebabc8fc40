// The parts of the install folder. FROM is relative to the repository, TO to the folder; a
// folder is copied with all that is in it. Nothing is written twice: a second part for the same
// file is refused.
export const parts = [
  { from: 'web/index.html', to: 'index.html' },
  { from: 'web/app', to: 'app' },
  { from: 'web/style', to: 'style' },
  { from: 'web/client/index.js', to: 'client/index.js' },
  { from: 'web/client/src', to: 'client/src' },
  // The build that has all it needs in one file, fancy-canvas too; so the licences of both go
  // with it.
  {
    from: 'web/node_modules/lightweight-charts/dist/lightweight-charts.standalone.production.mjs',
    to: 'vendor/lightweight-charts.js',
  },
  {
    from: 'web/node_modules/lightweight-charts/LICENSE',
    to: 'vendor/lightweight-charts.LICENSE.txt',
  },
  { from: 'web/tools/vendor-notice.txt', to: 'vendor/NOTICE.txt' },
  { from: 'web/docs/docs.css', to: 'docs/docs.css' },
  { from: 'docs/openapi.yaml', to: 'docs/openapi.yaml' },
  { from: 'docs/asyncapi.yaml', to: 'docs/asyncapi.yaml' },
];

// Files right in web/ with one of these endings go to the top of the folder: icons, a manifest,
// robots.txt.
export const assetEndings = ['.svg', '.png', '.ico', '.webmanifest', '.txt'];
