import path from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '../src/errors.ts';
import type { Document } from './api-example/document.ts';
import { typeErrors, typesOf } from './api-example/types.ts';
import { walk } from './api-example/walk.ts';
import { runTool } from './run-tool.ts';

const USAGE = 'usage: MTM_TOKEN=mtm_… npm run api:example -- http://127.0.0.1:3000 [--keep DIRECTORY]';

/**
 * `npm run api:example -- URL`: makes types from the document that an app serves, asks every endpoint, and has the
 * compiler hold each answer against its type. Exit 1 where anything differs.
 */
await runTool(async () => {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { keep: { type: 'string', default: path.join('.data', 'api-example') } },
  });
  const [address] = positionals;
  const token = process.env.MTM_TOKEN;
  if (address === undefined || !URL.canParse(address) || token === undefined) throw new ConfigError([USAGE]);
  const text = await (await fetch(new URL('/api/v1/openapi.json', address))).text();
  const { answers, differences } = await walk(JSON.parse(text) as Document, token);
  const errors = typeErrors(path.resolve(values.keep), await typesOf(text), answers);
  for (const difference of differences) console.error(difference);
  if (errors !== '') console.error(errors);
  console.log(`${answers.length} endpoints answered; the types and the answers are in ${values.keep}.`);
  return differences.length === 0 && errors === '' ? 0 : 1;
});
