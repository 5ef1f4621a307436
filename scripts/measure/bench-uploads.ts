import { readFeatureFile } from '../../src/features/read-csv.ts';
import { alignColumns } from '../print.ts';

/** `npm run bench:uploads`: how long a CSV of features takes that was made to take long, and for how long it holds up others. */
const BYTES = 5 * 1024 * 1024;
const ID = 'a'.repeat(22);
const FILES: Readonly<Record<string, string>> = {
  'as it should be': `${ID},0.5\n`,
  'quoted, as it should be': `"${ID}","0.5"\n`,
  'a"b on each line': 'a"b\n',
  '"" on each line': '""\n',
  '"a on each line': '"a\n',
  'nothing but "': '"',
  'one line': 'x',
  'line ends': '\n',
};

async function* piecesOf(line: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(`track_id,energy\n${line.repeat(Math.ceil(BYTES / line.length))}`);
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

/** Milliseconds in all, and the longest between two turns of the event loop. */
async function measure(line: string): Promise<readonly [number, number]> {
  let [longest, last, going] = [0, performance.now(), true];
  const watch = (): void => {
    const now = performance.now();
    [longest, last] = [Math.max(longest, now - last), now];
    if (going) setImmediate(watch);
  };
  setImmediate(watch);
  const begun = performance.now();
  // Whether the file is refused in the end makes no difference to who waits.
  await readFeatureFile(piecesOf(line), () => false).catch(() => undefined);
  going = false;
  return [performance.now() - begun, longest];
}

const rows: string[][] = [['5 MB of', 'read in', 'longest pause']];
for (const [name, line] of Object.entries(FILES)) {
  const [whole, longest] = await measure(line);
  rows.push([name, `${Math.round(whole)} ms`, `${Math.round(longest)} ms`]);
}
console.log(alignColumns(rows).join('\n'));
