import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { createApiToken } from '../../src/users/api-tokens.ts';
import { sum } from '../../src/sum.ts';
import { alignColumns } from '../print.ts';
import { runTool } from '../run-tool.ts';
import { measure, type Measured } from './bench-web/measure.ts';
import { pageOf } from './bench-web/targets.ts';
import { openTown, type Town } from './bench-web/town.ts';

const USAGE = `usage: npm run bench:api -- [--seconds N]
Default: 20 seconds of quiet and 20 of programs. Linux only: processor time is read from /proc.`;

const TOKENS = 20;
/** Each token asks over so many connections at once, and asks on as soon as it is answered. */
const CONNECTIONS = 4;
/** People meanwhile: fifty browsers that open 25 dashboards a second together. */
const PEOPLE = { listeners: 50, rate: 25 };
/** What programs may do to a page. */
const MOST_TIMES_QUIET = 2;

/** The costliest of what programs read. */
const ASKED = [
  '/plays/top',
  '/mood/happy/tracks?limit=100',
  '/plays?limit=100',
  '/figures',
  '/playlists',
  '/me',
];

/** `npm run bench:api`: pages while programs ask all they can. Exit 1 where a page waits more than twice as long. */
await runTool(async () => {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' } } });
  const seconds = Number(values.seconds);
  if (!Number.isInteger(seconds) || seconds < 1) {
    console.error(USAGE);
    return 2;
  }
  const directory = mkdtempSync(path.join(os.tmpdir(), 'mtm-bench-api-'));
  const town = await openTown(directory, 1);
  try {
    return await benchBeside(town, seconds);
  } finally {
    await town.close();
    rmSync(directory, { recursive: true, force: true });
  }
});

async function benchBeside(town: Town, seconds: number): Promise<number> {
  const tokens = await makeTokens(town);
  const dashboard = pageOf(town, 'dashboard', '/dashboard');
  await measure(dashboard, { listeners: 8, rate: null, seconds: 10 });
  const quiet = await measure(dashboard, { ...PEOPLE, seconds });
  const programs = askAllTheyCan(town, tokens, seconds + 2);
  await sleep(1_000);
  const beside = await measure(dashboard, { ...PEOPLE, seconds });
  const answers = await programs;
  const head = ['dashboard', 'req/s', 'p50 ms', 'p99 ms', 'errors'];
  console.log(
    alignColumns(
      [head, ['quiet', ...cellsOf(quiet, seconds)], ['beside programs', ...cellsOf(beside, seconds)]],
      'words',
    ).join('\n'),
  );
  const times = beside.p99 / quiet.p99;
  console.log(
    `p99 is ${times.toFixed(2)} × that of quiet. ${TOKENS} tokens were answered: ${wordsOf(answers)}.`,
  );
  const isFine = times <= MOST_TIMES_QUIET && quiet.errors + beside.errors === 0 && answers['5xx'] === 0;
  return isFine ? 0 : 1;
}

async function makeTokens({ db }: Town): Promise<string[]> {
  const users = await db.many<{ user_id: number }>(
    'SELECT user_id FROM users WHERE spotify_id IS NOT NULL ORDER BY user_id',
  );
  const owners = Array.from({ length: TOKENS }, (_, n) => users[n % users.length]?.user_id ?? 0);
  return Promise.all(
    owners.map((owner) => createApiToken(db, owner, { name: 'Bench', scopes: ['read'], days: 1 })),
  );
}

type Answers = Readonly<Record<'2xx' | '4xx' | '5xx' | 'none', number>>;

async function askAllTheyCan({ app }: Town, tokens: readonly string[], seconds: number): Promise<Answers> {
  const results = await Promise.all(
    tokens.map((token) =>
      autocannon({
        url: app.url,
        connections: CONNECTIONS,
        duration: seconds,
        headers: { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' },
        requests: ASKED.map((asked) => ({ path: `/api/v1${asked}` })),
      }),
    ),
  );
  const total = (of: (result: autocannon.Result) => number): number => sum(results.map(of));
  return {
    '2xx': total((result) => result['2xx']),
    '4xx': total((result) => result['4xx']),
    '5xx': total((result) => result['5xx']),
    none: total((result) => result.errors + result.timeouts),
  };
}

function wordsOf(answers: Answers): string {
  return Object.entries(answers)
    .map(([status, count]) => `${count} × ${status}`)
    .join(', ');
}

function cellsOf(measured: Measured, seconds: number): string[] {
  return [
    (measured.answered / seconds).toFixed(0),
    measured.p50.toFixed(0),
    measured.p99.toFixed(0),
    String(measured.errors),
  ];
}
