import { alignColumns, grouped } from '../../print.ts';
import { escapeControls } from '../escape-controls.ts';
import type { Verification } from './verify-archive.ts';

const HEADERS = ['table', 'checked', 'equal', 'kept newer', 'set aside', 'missing', 'different'];
/** What was compared and what was found, as a person reads it. */
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
    `${found.file} (${found.layout} layout) against ${found.archive.spotifyId ?? 'the unclaimed archive'}`,
    '',
    ...alignColumns([HEADERS, ...rows]),
    '',
    ...questions,
    ...named,
    ...found.faults,
    found.ok
      ? `Verified: every value of the file is in the archive or set aside exactly as it is (${found.seconds.toFixed(1)} s).`
      : 'Verification failed: the archive does not hold all of this file. Run npm run migrate:sqlite again, without --verify-only.',
  ]
    .map(escapeControls)
    .join('\n');
}
