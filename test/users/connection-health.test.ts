import { describe, expect, it } from 'vitest';
import {
  connectionHealth,
  findConnectionHealth,
  listConnectionHealth,
  type ConnectionFacts,
} from '../../src/users/connection-health.ts';
import { fetchProfile } from '../../src/spotify/api.ts';
import { SPOTIFY_SCOPES } from '../../src/spotify/settings.ts';
import { withAccessToken } from '../../src/users/access-token.ts';
import { deleteEverybody } from '../support/database.ts';
import { ALICE } from '../support/app.ts';
import { useConnected } from '../support/connected.ts';
import { errorOf } from '../support/spotify-sign-in.ts';

const NOW = new Date('2026-11-25T12:00:00Z');
const DAY_MS = 86_400_000;
const inDays = (days: number, from = NOW): Date => new Date(from.getTime() + days * DAY_MS);
const healthy: ConnectionFacts = {
  connected: true,
  authorized_at: new Date('2026-11-01T12:00:00Z'),
  scope: SPOTIFY_SCOPES.join(' '),
  needs_reconnect_since: null,
  refusal: null,
  refused_since: null,
  paused_at: null,
  not_before: null,
  limits: [],
  now: NOW,
};
const health = (changes: Partial<ConnectionFacts> = {}) => connectionHealth({ ...healthy, ...changes });

describe('the state of a connection', () => {
  it.each<[string, Partial<ConnectionFacts>, boolean]>([
    ['connected', {}, false],
    ['needs-you', { connected: false, needs_reconnect_since: inDays(-2) }, true],
    ['needs-you', { scope: 'user-top-read' }, true],
    ['not-allowed', { refusal: 'not-allowed', refused_since: inDays(-1) }, true],
    ['premium-lapsed', { refusal: 'premium-lapsed', refused_since: inDays(-1) }, true],
    ['paused', { paused_at: inDays(-3) }, false],
    ['limited', { not_before: inDays(1), limits: ['api'] }, false],
    ['connected', { not_before: inDays(-1), limits: ['api'] }, false],
    ['expiring', { authorized_at: new Date('2026-06-10T12:00:00Z') }, true],
  ])('is %s where the facts say %j', (state, changes, actionNeeded) => {
    expect(health(changes)).toMatchObject({ state, actionNeeded });
  });

  it.each([
    [150, 'connected', false],
    [155, 'expiring', false],
    [173, 'expiring', false],
    [178, 'expiring', true],
    [182, 'expiring', true],
    [183, 'needs-you', false],
  ])('%i days after the consent of 1 June is %s (urgent: %s)', (days, state, urgent) => {
    const authorized = new Date('2026-06-01T12:00:00Z');
    expect(health({ authorized_at: authorized, now: inDays(days, authorized) })).toMatchObject({
      state,
      urgent,
    });
  });

  it('counts six months by the calendar', () => {
    const ends = (day: string) =>
      health({ authorized_at: new Date(`${day}T10:00:00Z`) }).expiresAt?.toISOString();
    expect(ends('2026-07-15')).toBe('2027-01-15T10:00:00.000Z');
    expect(ends('2026-08-31')).toBe('2027-02-28T10:00:00.000Z');
    expect(ends('2027-08-31')).toBe('2028-02-29T10:00:00.000Z');
  });

  it('of several troubles is the one to be mended first', () => {
    const all = { refusal: 'not-allowed', paused_at: NOW, not_before: inDays(1) } as const;
    expect(health({ ...all, connected: false }).state).toBe('needs-you');
    expect(health(all).state).toBe('not-allowed');
    expect(health({ ...all, refusal: null }).state).toBe('paused');
  });
});

describe('a refusal that only a person can mend', () => {
  const test = useConnected();

  it.each(['not-allow-listed', 'premium-lapsed'] as const)(
    '(%s) is kept with its beginning, and gone with the next call that works',
    async (kind) => {
      await deleteEverybody(test.db);
      const alice = await test.connectListener(ALICE);
      const call = () =>
        withAccessToken(test.db, alice, test.access, (token) => fetchProfile(test.access.settings, token));
      test.spotify.fail({ on: '/v1/me', kind });
      await errorOf(call());
      const first = await findConnectionHealth(test.db, alice);
      expect(first.state).toBe(kind === 'premium-lapsed' ? kind : 'not-allowed');
      await errorOf(call());
      expect((await findConnectionHealth(test.db, alice)).since).toEqual(first.since);
      test.spotify.heal();
      await call();
      expect((await listConnectionHealth(test.db))[0]).toMatchObject({ userId: alice, state: 'connected' });
    },
  );
});
