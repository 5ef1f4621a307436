import { parseArgs } from 'node:util';
import { ConfigError } from '../src/errors.ts';
import { runTool } from './run-tool.ts';
import { CHECKS } from './smoke/checks.ts';
import { SIGNED_IN_CHECKS } from './smoke/signed-in-checks.ts';
import { Site } from './smoke/site.ts';
import { Visitor } from './smoke/visitor.ts';

const USAGE = 'usage: npm run smoke -- https://music.example.org [--stand-in]';

/**
 * `npm run smoke -- URL`: what to look at after a deploy, from outside and signed out; with `--stand-in` also as a
 * listener, where scripts/spotify-stand-in plays Spotify. Each line is ok, or says what was found instead. Exit 1 if any
 * is not, 2 for wrong use.
 */
await runTool(async () => {
  const { url, standIn } = readArguments();
  let failures = await run(CHECKS, new Site(url));
  if (standIn) failures += await run(SIGNED_IN_CHECKS, new Visitor(url));
  return failures === 0 ? 0 : 1;
});

/** Answers how many things were not well. */
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
