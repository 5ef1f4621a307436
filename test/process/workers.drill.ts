import { randomBytes } from 'node:crypto';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standInListeners } from '../../scripts/spotify-stand-in/listeners.ts';
import { startSpotifyStandIn, type SpotifyStandIn } from '../../scripts/spotify-stand-in/server.ts';
import { callbackPath } from '../support/app.ts';
import { useDatabase } from '../support/database.ts';
import { HANGS_MS } from '../support/drill.ts';
import { startServerProcess, type ServerProcess } from '../support/server-process.ts';

const test = useDatabase();
const WORKERS = 2;
const RENEWALS = 20;

let spotify: SpotifyStandIn;
let server: ServerProcess;

beforeAll(async () => {
  spotify = await startSpotifyStandIn({ listeners: standInListeners() });
  server = await startServerProcess({
    NODE_ENV: 'test',
    DATABASE_URL: test.url,
    SESSION_SECRET: randomBytes(32).toString('base64'),
    TOKEN_ENCRYPTION_KEYS: `t1:${randomBytes(32).toString('base64')}`,
    SPOTIFY_CLIENT_ID: spotify.clientId,
    SPOTIFY_CLIENT_SECRET: spotify.clientSecret,
    SPOTIFY_ACCOUNTS_URL: spotify.accountsUrl,
    SPOTIFY_API_URL: spotify.apiUrl,
    WEB_CONCURRENCY: String(WORKERS),
    METRICS_TOKEN: 'a-token-of-the-tests-0123456789',
  });
});
afterAll(async () => {
  server.signal('SIGKILL');
  await server.exit;
  await spotify.close();
});

interface LogLine {
  readonly msg?: string;
  readonly pid?: number;
}

const linesSaying = (msg: string): LogLine[] =>
  server.logLines().filter((line): line is LogLine => (line as LogLine).msg === msg);
const countListening = (): number => linesSaying('listening').length;

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Visitors who ask one thing after the other, each on a connection that is kept open. */
function visit(count: number): { stop(): Promise<{ answers: number; failures: string[] }> } {
  const tally = { answers: 0, failures: [] as string[] };
  const end = new AbortController();
  const visitors = Array.from({ length: count }, async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    while (!end.signal.aborted) {
      const outcome = await ask(agent);
      if (outcome === 200) tally.answers += 1;
      else tally.failures.push(String(outcome));
      await sleep(50);
    }
    agent.destroy();
  });
  return {
    async stop() {
      end.abort();
      await Promise.all(visitors);
      return tally;
    },
  };
}

/** The status, or what became of the request: one whose worker is killed may be cut off in mid-answer, or never be heard. */
const ask = (agent: http.Agent): Promise<number | string> =>
  new Promise((resolve) => {
    http
      .get(`${server.baseUrl}/`, { agent, timeout: 60_000 }, (answer) => {
        answer
          .on('error', () => undefined)
          .on('close', () => resolve(answer.complete ? (answer.statusCode ?? 0) : 'cut off'))
          .resume();
      })
      .on('timeout', function (this: http.ClientRequest) {
        this.destroy(new Error('no answer'));
      })
      .on('error', (error) => resolve(error.message));
  });

describe('several web workers', () => {
  it('know the same listener', async () => {
    await expect.poll(countListening, { timeout: HANGS_MS }).toBe(WORKERS);
    const alice = supertest.agent(server.baseUrl);
    await alice.get(await callbackPath(alice)).expect(303);
    for (let n = 0; n < 8; n += 1) await alice.get('/settings').set('Connection', 'close').expect(200);
  });

  it('tell of all of them, whichever is asked', async () => {
    const answer = await supertest(server.baseUrl)
      .get('/metrics')
      .set('Authorization', 'Bearer a-token-of-the-tests-0123456789')
      .expect(200);
    const seconds = answer.text
      .split('\n')
      .filter((line) => line.startsWith('mtm_http_request_seconds_count{'));
    const settings = seconds.find((line) => line.includes('route="/settings"'));
    // Asked for eight times on connections of their own, answered by both.
    expect(Number(settings?.split(' ').at(-1))).toBe(8);
  });

  it('replace one of them that is killed at once, and go on serving meanwhile', async () => {
    const before = countListening();
    const victim = Number(linesSaying('listening').at(-1)?.pid);
    const load = visit(4);
    await sleep(100);
    process.kill(victim, 'SIGKILL');
    await expect.poll(countListening, { timeout: HANGS_MS, interval: 50 }).toBe(before + 1);
    const replaced = linesSaying('a web worker ended and is replaced').at(-1);
    expect(replaced).toMatchObject({ signal: 'SIGKILL', pauseMs: 0 });
    const { answers, failures } = await load.stop();
    expect(answers).toBeGreaterThan(0);
    // At most what each visitor had under way with the one that was killed, and once more what Node handed to it dying.
    expect(failures.length).toBeLessThanOrEqual(2 * 4);
  });

  it('are renewed one by one without losing a request', async () => {
    const load = visit(8);
    for (let renewal = 0; renewal < RENEWALS; renewal += 1) {
      const old = new Set(linesSaying('listening').map(({ pid }) => Number(pid)));
      server.signal('SIGUSR2');
      await expect.poll(() => [...old].filter(isAlive), { timeout: HANGS_MS }).toEqual([]);
    }
    const { answers, failures } = await load.stop();
    expect(failures).toEqual([]);
    expect(answers).toBeGreaterThan(RENEWALS);
  });

  it('are still as many when they are asked to renew themselves again and again meanwhile', async () => {
    const before = countListening();
    const living = (): number[] =>
      linesSaying('listening')
        .map(({ pid }) => Number(pid))
        .filter(isAlive);
    // Until the first successor serves: of signals that come close together, a process may see one.
    while (countListening() === before) {
      server.signal('SIGUSR2');
      await sleep(100);
    }
    // The first at once, all that were asked for meanwhile in one after it.
    await expect.poll(() => countListening() - before, { timeout: HANGS_MS }).toBe(2 * WORKERS);
    await expect.poll(living, { timeout: HANGS_MS }).toHaveLength(WORKERS);
    await sleep(2_000);
    expect(countListening() - before).toBe(2 * WORKERS);
  });

  it('end with their supervisor when it is told to, and leave with 0', async () => {
    const pids = linesSaying('listening').map(({ pid }) => Number(pid));
    server.signal('SIGTERM');
    expect(await server.exit).toEqual({ code: 0, signal: null });
    expect(pids.filter(isAlive)).toEqual([]);
  });
});
