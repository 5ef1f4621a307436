import { z } from 'zod';
import { findConnectionHealth } from '../../../users/connection-health.ts';
import { TIME_RANGES } from '../../../spotify/top-tracks.ts';
import { endpoint } from '../endpoint.ts';

const subject = 'You';

const me = z.strictObject({
  id: z.string().describe('Your id at Spotify'),
  display_name: z.string().nullable(),
  timezone: z.string().describe('IANA name: by it days are counted'),
  first_time_range: z.enum(TIME_RANGES).describe('The lists your pages show first'),
});

const connection = z.strictObject({
  state: z.enum(['connected', 'expiring', 'needs-you', 'not-allowed', 'premium-lapsed', 'limited', 'paused']),
  connected: z.boolean().describe('Whether Spotify can be asked at all'),
  since: z.iso.datetime().nullable(),
  expires_at: z.iso.datetime().nullable().describe('When your consent ends at Spotify'),
  not_before: z.iso.datetime().nullable().describe('Until then Spotify is not asked for `held`'),
  held: z.enum(['lists', 'plays', 'lists and plays']).nullable(),
  missing_scopes: z.array(z.string()),
  action_needed: z.boolean().describe('You, or who runs the app, must do something'),
});

const iso = (instant: Date | null): string | null => instant?.toISOString() ?? null;

export const meEndpoints = [
  endpoint({
    method: 'GET',
    path: '/me',
    name: 'getMe',
    subject,
    scope: 'read',
    summary: 'Who the token speaks for',
    answer: me,
    handler: async ({ user }) => ({
      id: user.spotify_id,
      display_name: user.display_name,
      timezone: user.timezone,
      first_time_range: user.first_time_range,
    }),
  }),
  endpoint({
    method: 'GET',
    path: '/me/connection',
    name: 'getConnection',
    subject,
    scope: 'read',
    summary: 'The state of the connection to Spotify',
    changesByItself: true,
    answer: connection,
    handler: async ({ db, user }) => {
      const health = await findConnectionHealth(db, user.user_id);
      return {
        state: health.state,
        connected: health.connected,
        since: iso(health.since),
        expires_at: iso(health.expiresAt),
        not_before: iso(health.notBefore),
        held: health.held,
        missing_scopes: [...health.missing],
        action_needed: health.actionNeeded,
      };
    },
  }),
];
