import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readHistoryFiles } from '../../../src/history-import/read/read-history.ts';
import { benchImport } from './history-import.ts';
import { writeExtendedPackage } from '../../invented/listening/package.ts';
import { peakResidentKb } from './resident.ts';

const USAGE = `usage: npm run bench -- history [--rows N] [--files F]   Default: 500000 rows in 10 files.
       npm run bench -- history --read FILE               Times a file of your own.`;

/** `npm run bench -- history`: how fast a whole listening history is read and judged, in how much memory, and how fast imported. */
export async function benchHistory(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string', default: '500000' },
      files: { type: 'string', default: '10' },
      read: { type: 'string' },
    },
  });
  if (values.read !== undefined) return measureReading(values.read);
  const [rows = 0, files = 0] = [values.rows, values.files].map(Number);
  if (![rows, files].every((number) => Number.isInteger(number) && number > 0)) {
    console.error(USAGE);
    return 2;
  }
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-bench-history-'));
  try {
    const file = path.join(directory, 'my_spotify_data.zip');
    const receipt = await writeExtendedPackage(file, { seed: 1, rows, files });
    const [json, zip] = [receipt.bytes, statSync(file).size].map((bytes) => Math.round(bytes / 1e6));
    console.log(`${receipt.rows} rows in ${files} files: ${json} MB of JSON, a ZIP of ${zip} MB.`);
    const code = await measureInOwnProcess(file);
    if (code === 0) await benchImport(file, receipt.rows);
    return code;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** (To invent the rows takes more memory than to read them.) */
async function measureInOwnProcess(file: string): Promise<number> {
  const bench = path.resolve(import.meta.dirname, '../bench.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', bench, 'history', '--read', file], {
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

async function measureReading(file: string): Promise<number> {
  const [began, cpuBefore] = [performance.now(), process.cpuUsage()];
  let [read, plays] = [0, 0];
  for await (const batch of readHistoryFiles([{ path: file, name: path.basename(file) }])) {
    read += batch.length;
    plays += batch.filter((row) => row.kind === 'play').length;
  }
  const seconds = (performance.now() - began) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  const megabytes = Math.round(peakResidentKb() / 1024);
  console.log(`Read and judged ${read} rows, ${plays} of them plays, in at most ${megabytes} MB resident:`);
  console.log(`  ${seconds.toFixed(1)} s, ${Math.round(read / seconds)} rows a second`);
  console.log(
    `  ${cpuSeconds.toFixed(1)} s of processor time, ${Math.round(read / cpuSeconds)} rows a second of it`,
  );
  return 0;
}
