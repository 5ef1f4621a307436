/**
 * The import rule of ARCHITECTURE.md. What is only agreed decays; `npm run check` holds us to it.
 * Top to bottom: what stands in a line may import the lines below it, and its own folder.
 */
const LAYERS = [
  ['web'],
  ['jobs'],
  ['restore'],
  ['exports'],
  ['archives'],
  ['playlists'],
  ['history-import'],
  ['plays', 'listening', 'snapshots'],
  ['enrichment'],
  ['features', 'hidden'],
  ['figures'],
  ['explore', 'search', 'similarity', 'mood'],
  ['catalogue', 'users'],
  ['spotify', 'ranges'],
  ['database', 'process'],
];

const folders = (layers) => layers.flat().join('|');
const areas = folders(LAYERS.slice(1));

/** Each line may not look up, nor at its neighbours in the same line. */
const layerRules = LAYERS.flatMap((layer, index) =>
  layer.map((folder) => ({
    name: `${folder}-looks-down`,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: { path: `^src/(${folders(LAYERS.slice(0, index + 1))})/`, pathNot: `^src/${folder}/` },
  })),
);

module.exports = {
  forbidden: [
    ...layerRules,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'every-folder-has-a-layer',
      comment: 'A new folder of src takes its place in LAYERS.',
      severity: 'error',
      from: { path: '^(src|scripts|test)/' },
      to: { path: '^src/[^/]+/', pathNot: `^src/(web|embedded-postgres|${areas})/` },
    },
    {
      name: 'areas-know-no-web',
      comment: 'Domain areas and spotify never import express, passport or ejs.',
      severity: 'error',
      from: { path: `^src/(${areas})/` },
      to: { path: '^src/(app|server)\\.ts|^node_modules/(express|passport|ejs)' },
    },
    {
      name: 'only-db-imports-pg',
      severity: 'error',
      from: { path: '^(src|scripts)/', pathNot: '^src/db\\.ts$' },
      to: { path: '^node_modules/(pg|pg-pool)/' },
    },
    {
      name: 'spotify-knows-no-tables',
      severity: 'error',
      from: { path: '^src/spotify/' },
      to: { path: '^src/', pathNot: '^src/(spotify/|config\\.ts|errors\\.ts|log\\.ts)' },
    },
    {
      name: 'routes-do-not-import-routes',
      severity: 'error',
      from: { path: '^src/web/.*routes\\.ts$' },
      to: { path: '^src/web/.*routes\\.ts$' },
    },
    {
      name: 'pages-are-made-below-the-rooms',
      comment: 'web/page knows no address: what two rooms use stands there, what one uses stands in it.',
      severity: 'error',
      from: { path: '^src/web/(page|middleware)/' },
      to: { path: '^src/web/[^/]+/', pathNot: '^src/web/(page|middleware|sign-in|operations)/' },
    },
    {
      name: 'src-knows-no-scripts',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(scripts|test)/' },
    },
    {
      name: 'scripts-know-no-web',
      comment:
        'A script may use everything below the web layer; what measures pages visits them, what lints the API reads it.',
      severity: 'error',
      from: { path: '^scripts/', pathNot: '^scripts/(measure/visits/|check-api\\.ts)' },
      to: { path: '^src/(web/|app\\.ts)' },
    },
    {
      name: 'no-unlisted-packages',
      severity: 'error',
      // (Only developers load the pages, lint the API and try its description: never in production.)
      from: { path: '^(src|scripts)/', pathNot: '^scripts/(measure/bench-(web|api)|check-api|api-example)' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
