/** The import rule of ARCHITECTURE.md. What is only agreed decays; `npm run check` holds us to it. */
const areas =
  'catalogue|snapshots|plays|jobs|dashboard|search|mood|explore|similarity|playlists|users|archives|exports|features|enrichment|spotify';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'areas-know-no-web',
      comment: 'Domain areas and spotify never import the web layer, express, passport or ejs.',
      severity: 'error',
      from: { path: `^src/(${areas})/` },
      to: { path: '^src/(web/|app\\.ts|server\\.ts)|^node_modules/(express|passport|ejs)' },
    },
    {
      name: 'only-db-imports-pg',
      severity: 'error',
      from: { path: '^(src|scripts)/', pathNot: '^src/db\\.ts$' },
      to: { path: '^node_modules/(pg|pg-pool)/' },
    },
    {
      name: 'catalogue-and-users-stand-alone',
      severity: 'error',
      from: { path: '^src/(catalogue|users)/' },
      to: { path: `^src/(${areas})/`, pathNot: '^src/(catalogue|users|spotify)/' },
    },
    {
      name: 'catalogue-and-users-do-not-know-each-other',
      severity: 'error',
      from: { path: '^src/(catalogue|users)/' },
      to: { path: '^src/(catalogue|users)/', pathNot: '^src/$1/' },
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
      from: { path: '^src/web/routes/', pathNot: '^src/web/routes/index\\.ts$' },
      to: { path: '^src/web/routes/' },
    },
    {
      name: 'src-knows-no-scripts',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(scripts|test)/' },
    },
    {
      name: 'scripts-know-no-web',
      comment: 'A script may use everything below the web layer.',
      severity: 'error',
      from: { path: '^scripts/' },
      to: { path: '^src/(web/|app\\.ts)' },
    },
    {
      name: 'no-unlisted-packages',
      severity: 'error',
      // (The load on the pages is put there by a developer, never in production.)
      from: { path: '^(src|scripts)/', pathNot: '^scripts/bench-web/' },
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
