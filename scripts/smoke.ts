import { parseArgs } from 'node:util';
import { ConfigError } from '../src/errors.ts';
import { runTool } from './run-tool.ts';
import { CHECKS } from './smoke/checks.ts';
import { SIGNED_IN_CHECKS } from './smoke/signed-in-checks.ts';
import { Site } from './smoke/site.ts';
import { Visitor } from './smoke/visitor.ts';

const USAGE = 'usage: npm run smoke -- https://music.example.org [--stand-in]';

/**
 * `npm run smoke -- URL`: checks a deployment from outside, signed out; `--stand-in` also signs in, on a deployment
 * that uses scripts/spotify-stand-in. Exit 1 if a check fails, 2 for wrong arguments.
 */
await runTool(async () => {
  const { url, standIn } = readArguments();
  let failures = await run(CHECKS, new Site(url));
  if (standIn) failures += await run(SIGNED_IN_CHECKS, new Visitor(url));
  return failures === 0 ? 0 : 1;
});

/** Returns the number of failures. */
async function run<Guest>(
  checks: Readonly<Record<string, (guest: Guest) => Promise<string | null>>>,
  guest: Guest,
): Promise<number> {
  let failures = 0;
  for (const [name, check] of Object.entries(checks)) {
    const problem = await check(guest).catch((error: unknown) =>
      error instanceof Error ? error.message : 'failed',
    );
    console.log(problem === null ? `ok     ${name}` : `check  ${name}: ${problem}`);
    if (problem !== null) failures += 1;
  }
  return failures;
}

function readArguments(): { url: URL; standIn: boolean } {
  const { positionals, values } = parseArgs({
    args: process.argv.slice(2),
    allowPositionals: true,
    options: { 'stand-in': { type: 'boolean', default: false } },
  });
  const [address] = positionals;
  if (positionals.length !== 1 || address === undefined || !URL.canParse(address))
    throw new ConfigError([USAGE]);
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new ConfigError([USAGE]);
  return { url, standIn: values['stand-in'] };
}
