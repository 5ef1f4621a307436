import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { auditFile } from '../../../scripts/migrate-from-sqlite/audit/audit-file.ts';
import { moveArchive } from '../../../scripts/migrate-from-sqlite/move-archive.ts';
import { verifyArchive } from '../../../scripts/migrate-from-sqlite/verify/verify-archive.ts';
import { hasFieldCases, writeFieldCases } from '../../support/field-cases.ts';
import { useGenericMoves } from '../../support/generic-moves.ts';
import { emptyTables } from '../../support/table-dump.ts';

const { test, directory, move } = useGenericMoves();
const ZONE = { assumedZone: 'Europe/Berlin' };
/** Its one row is larger than a page of PostgreSQL. */
const TOO_LARGE = '19-wide.db';

describe.skipIf(!hasFieldCases)('files as people have them', () => {
  let names: string[] = [];
  beforeAll(() => {
    names = writeFieldCases(directory);
  });

  it('each moves with --generic, verifies, and is left as it was', async () => {
    for (const name of names.filter((other) => other !== TOO_LARGE)) {
      const file = path.join(directory, name);
      const before = readFileSync(file);
      const report = await move(file, ZONE);
      expect([name, report.tables.length > 0]).toEqual([name, true]);
      expect([name, (await move(file, { ...ZONE, mode: 'verify' })).changed]).toEqual([name, false]);
      expect([name, (await auditFile(file)).tables.length > 0]).toEqual([name, true]);
      expect(readFileSync(file).equals(before)).toBe(true);
      await test.db.execute('DROP SCHEMA s CASCADE');
    }
    await expect(move(path.join(directory, TOO_LARGE))).rejects.toThrow(/too large for PostgreSQL/);
  }, 300_000);

  it('each old archive among them moves, verifies, and moves again without a change', async () => {
    const moved: string[] = [];
    for (const name of names) {
      const options = { db: test.patient, file: path.join(directory, name), owner: 'alice', ...ZONE };
      await emptyTables(test.db);
      const report = await moveArchive({ ...options, backup: false }).catch((error: Error) => error);
      if (report instanceof Error) {
        if (/is not an old archive/.test(report.message)) continue;
        throw report;
      }
      moved.push(name);
      const found = await verifyArchive(options);
      expect([name, found.ok ? [] : found.tables]).toEqual([name, []]);
      expect([name, (await moveArchive({ ...options, backup: false })).changed]).toEqual([name, false]);
    }
    expect(moved).toContain('04-archive-collation.db');
    expect(moved).toContain('14-snapshots.db');
  }, 300_000);
});
