import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config.ts';
import { createDb } from '../src/db.ts';
import { startEmbeddedPostgres } from '../src/embedded-postgres.ts';
import { startServer } from '../src/database/open.ts';
import { createMigration, migrateDown, migrateUp } from '../src/database/schema.ts';
import { writeSchema } from './migrate/schema-text.ts';
import { runTool } from './run-tool.ts';

const USAGE = 'usage: npm run migrate -- up | down [COUNT] | create NAME | schema';
const SCHEMA_FILE = path.resolve(import.meta.dirname, '../schema.sql');

await runTool(async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [action = 'up', argument] = positionals;
  if (action === 'create' && argument !== undefined) {
    console.log(await createMigration(argument));
    return 0;
  }
  if (action === 'schema') {
    writeFileSync(SCHEMA_FILE, await describeMigrated());
    console.log(`Written: ${SCHEMA_FILE}`);
    return 0;
  }
  const count = Number(argument ?? 1);
  if (!(action === 'up' || action === 'down') || !Number.isInteger(count) || count < 1) {
    console.error(USAGE);
    return 2;
  }
  const server = await startServer(loadConfig('database').database);
  try {
    const names =
      action === 'up' ? await migrateUp(server.directUrl) : await migrateDown(server.directUrl, count);
    console.log(
      names.length === 0
        ? 'Nothing to do: the schema is up to date.'
        : names.map((name) => `${action}: ${name}`).join('\n'),
    );
    return 0;
  } finally {
    await server.stop();
  }
});

/** From a throwaway database, so that no setting has any effect. */
async function describeMigrated(): Promise<string> {
  const dataDir = path.join(mkdtempSync(path.join(os.tmpdir(), 'mtm-schema-')), 'postgres');
  const server = await startEmbeddedPostgres({ dataDir, throwaway: true });
  const db = createDb({ url: server.url, poolMin: 0, poolMax: 1, applicationName: 'schema' });
  try {
    await migrateUp(server.url);
    return await writeSchema(db);
  } finally {
    await db.close();
    await server.stop();
  }
}
