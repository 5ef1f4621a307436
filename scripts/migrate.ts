import { parseArgs } from 'node:util';
import { loadConfig } from '../src/config.ts';
import { startServer } from '../src/open-database.ts';
import { createMigration, migrateDown, migrateUp } from '../src/schema.ts';
import { runTool } from './run-tool.ts';

const USAGE = 'usage: npm run migrate -- up | down [COUNT] | create NAME';

/** `npm run migrate`: the schema, up or down, on the database the settings name. */
await runTool(async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const [action = 'up', argument] = positionals;
  if (action === 'create' && argument !== undefined) {
    console.log(await createMigration(argument));
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
