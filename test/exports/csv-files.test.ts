import { buffer } from 'node:stream/consumers';
import { expect, it } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { CSV_FILES } from '../../src/exports/csv-files.ts';
import { streamArchive } from '../../src/exports/stream-archive.ts';
import { readCsv } from '../support/csv.ts';
import { useDatabase } from '../support/database.ts';
import { insertListener, insertSnapshot, insertTrack } from '../support/factories.ts';

const test = useDatabase();

it('have their headings even where nothing follows, and letters a spreadsheet can read', async () => {
  const aliceId = await insertListener(test.db, 'alice');
  const empty = await readFiles(aliceId);
  const headings = CSV_FILES.map(({ name, columns }) => [name, [Object.keys(columns)]]);
  expect(Object.fromEntries(empty)).toEqual(Object.fromEntries(headings));

  const track = await insertTrack(test.db, { trackId: 'a', name: 'Für Élise 字', artists: ['ann'] });
  await insertSnapshot(test.db, aliceId, { date: '2026-01-02' }, [[track, 1]]);
  const [, first] = new Map(await readFiles(aliceId)).get('top-lists.csv') ?? [];
  expect(first?.slice(0, 4)).toEqual(['2026-01-02', 'short_term', '1', 'Für Élise 字']);
});

/** The CSV files of an export, each with its records. */
async function readFiles(userId: number): Promise<[string, string[][]][]> {
  const zip = await fromBufferPromise(await buffer(streamArchive(test.db, userId)));
  const files: [string, string[][]][] = [];
  for await (const entry of zip.eachEntry()) {
    if (!entry.fileName.startsWith('csv/')) continue;
    const content = (await buffer(await zip.openReadStreamPromise(entry))).toString();
    files.push([entry.fileName.slice('csv/'.length), readCsv(content)]);
  }
  return files;
}
