import { parseArgs } from 'node:util';
import { ConfigError } from '../src/errors.ts';
import { runTool } from './run-tool.ts';
import { CHECKS } from './smoke/checks.ts';
import { Site } from './smoke/site.ts';

const USAGE = 'usage: npm run smoke -- https://music.example.org';

/**
 * `npm run smoke -- URL`: what to look at after a deploy, from outside and signed out. Each line is ok, or says what
 * was found instead. Exit 1 if any is not, 2 for wrong use.
 */
await runTool(async () => {
  const site = new Site(readAddress());
  let failures = 0;
  for (const [name, check] of Object.entries(CHECKS)) {
    const problem = await check(site).catch((error: unknown) =>
      error instanceof Error ? error.message : 'failed',
    );
    console.log(problem === null ? `ok     ${name}` : `check  ${name}: ${problem}`);
    if (problem !== null) failures += 1;
  }
  return failures === 0 ? 0 : 1;
});

function readAddress(): URL {
  const { positionals } = parseArgs({ args: process.argv.slice(2), allowPositionals: true });
  const [address] = positionals;
  if (positionals.length !== 1 || address === undefined || !URL.canParse(address))
    throw new ConfigError([USAGE]);
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new ConfigError([USAGE]);
  return url;
}
