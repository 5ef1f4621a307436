import { alignColumns, grouped } from '../../print.ts';
import { escapeControls } from '../escape-controls.ts';
import type { Verification } from './verify-archive.ts';

const HEADERS = ['table', 'checked', 'equal', 'kept newer', 'set aside', 'missing', 'different'];
export function printVerification(found: Verification): string {
  const rows = found.tables.map(({ table, checked, equal, kept, setAside, missing, different }) => [
    table,
    ...[checked, equal, kept, setAside, missing, different].map(grouped),
  ]);
  const questions = found.tables.flatMap(({ table, questions: asked }) =>
    asked.map(
      ({ name, source, target }) =>
        `${table} ${name}: ${grouped(source)} in the file, ${grouped(target)} in the database`,
    ),
  );
  const named = found.tables.flatMap(({ table, named: keys }) => keys.map((line) => `  ${table} ${line}`));
  return [
    `${found.file} (${found.layout} layout), compared with ${found.archive.spotifyId === null ? 'an unclaimed archive' : `the archive of ${found.archive.spotifyId}`}`,
    '',
    ...alignColumns([HEADERS, ...rows]),
    '',
    ...questions,
    ...named,
    ...found.faults,
    found.ok
      ? `Verified: every value of the file is in the archive or set aside unchanged (${found.seconds.toFixed(1)} s).`
      : 'Verification failed: the archive does not have all of this file. Run npm run migrate:sqlite again without --verify-only.',
  ]
    .map(escapeControls)
    .join('\n');
}
