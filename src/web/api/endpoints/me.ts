import { z } from 'zod';
import { findConnectionHealth } from '../../../users/connection-health.ts';
import { endpoint } from '../endpoint.ts';
import { instant, isoOf, range } from '../shapes.ts';

const subject = 'You';

const me = z.strictObject({
  id: z.string().describe('Your Spotify id'),
  display_name: z.string().nullable(),
  timezone: z.string().describe('IANA name; days follow it'),
  first_time_range: range.describe('The time range your pages show first'),
});

const connection = z.strictObject({
  state: z.enum(['connected', 'expiring', 'needs-you', 'not-allowed', 'premium-lapsed', 'limited', 'paused']),
  connected: z.boolean().describe('Whether Spotify can be asked at all'),
  since: instant.nullable(),
  expires_at: instant.nullable().describe('When your permission on Spotify ends'),
  not_before: instant.nullable().describe('Spotify is not asked for `held` until then'),
  held: z.enum(['lists', 'plays', 'lists and plays']).nullable(),
  missing_scopes: z.array(z.string()),
  action_needed: z.boolean().describe('You, or who runs the app, must do something'),
});

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
        since: isoOf(health.since),
        expires_at: isoOf(health.expiresAt),
        not_before: isoOf(health.notBefore),
        held: health.held,
        missing_scopes: [...health.missing],
        action_needed: health.actionNeeded,
      };
    },
  }),
];
