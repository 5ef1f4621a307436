import { Router } from 'express';
import { z } from 'zod';
import { together } from '../../database/ask-together.ts';
import { HIDDEN_COUNTS } from '../../hidden/hidden-things.ts';
import { IMPORTS_COUNT } from '../../archives/imports.ts';
import { PLAY_POLL } from '../../plays/poll.ts';
import { CAPTURE_TIME, NEWEST_RUNS } from '../../snapshots/capture-runs.ts';
import { listTimeZones } from '../../users/time-zones.ts';
import {
  COUNTING_RULES,
  updateCountedPlays,
  updateFirstTimeRange,
  updateTheme,
  updateTimezone,
} from '../../users/users.ts';
import type { WebContext } from '../context.ts';
import { visitorOf } from '../sign-in/session-store.ts';
import { listenerOf, userIdOf } from '../sign-in/sign-in.ts';
import { COUNTING_RULES as RULE_WORDS } from '../page/play-words.ts';
import { readParams, safeReturnTo } from '../page/read-params.ts';
import { redirectWith } from '../page/redirect-with.ts';
import { renderPage } from '../page/render.ts';
import { RANGE_LABELS, rangeParam } from '../page/time-ranges.ts';
import { resultWords } from './capture-words.ts';
import { hiddenCountWords } from './hidden-words.ts';

const timezoneForm = (zones: readonly string[]) =>
  z.object({
    timezone: z
      .string('must be chosen')
      .refine((name) => zones.includes(name), 'must be a time zone of the list, such as Europe/Berlin'),
  });
const themeForm = z.object({ theme: z.enum(['light', 'dark', 'system'], 'must be light, dark or system') });
const countingForm = z.object({
  rule: z.enum(COUNTING_RULES, 'must be 30 seconds, any or finished'),
});
const rangeForm = z.object({ range: rangeParam });

const askSettings = together('settings: all it shows', {
  hidden: HIDDEN_COUNTS,
  imports: IMPORTS_COUNT,
  captureTime: CAPTURE_TIME,
  runs: NEWEST_RUNS,
  playPoll: PLAY_POLL,
});

/** Of a week: each day has one of each kind. */
const RUNS_SHOWN = 14;

export function settingsRoutes({ db, unhurried, config }: WebContext): Router {
  return Router()
    .get('/settings', async (req, res) => {
      const user = listenerOf(req);
      const userId = user.user_id;
      const connection = visitorOf(req)?.connection;
      const [kept, timezones] = await Promise.all([
        askSettings(db, {
          hidden: [userId],
          imports: [userId],
          captureTime: [userId],
          runs: [userId, RUNS_SHOWN, 0],
          playPoll: [userId],
        }),
        listTimeZones(db),
      ]);
      const settings = {
        displayName: user.display_name,
        spotifyId: user.spotify_id,
        timezone: user.timezone,
        unknownTimezone: user.unknown_timezone,
        timezones: [...new Set([user.timezone, ...timezones])].toSorted(),
        theme: user.theme,
        firstTimeRange: user.first_time_range,
        ranges: RANGE_LABELS,
        connected: connection?.connected ?? false,
        authorizedAt: connection?.authorized_at ?? null,
        scope: connection?.scope || null,
        ...kept,
        countingRule: user.counted_plays,
      };
      renderPage(
        res,
        'settings/index',
        { title: 'Settings', words: { hiddenCountWords, resultWords } },
        { settings },
      );
    })
    .post('/settings/timezone', async (req, res) => {
      const { timezone } = readParams(timezoneForm(await listTimeZones(db)), req.body);
      await updateTimezone(unhurried, userIdOf(req), timezone);
      await redirectWith(req, res, '/settings', {
        kind: 'info',
        text: `Saved. Your days now begin at midnight in ${timezone}.`,
      });
    })
    .post('/settings/time-range', async (req, res) => {
      const { range } = readParams(rangeForm, req.body);
      await updateFirstTimeRange(db, userIdOf(req), range);
      await redirectWith(req, res, '/settings', {
        kind: 'info',
        text: `Saved. Pages now show “${RANGE_LABELS[range]}” first.`,
      });
    })
    .post('/settings/counting', async (req, res) => {
      const { rule } = readParams(countingForm, req.body);
      await updateCountedPlays(unhurried, userIdOf(req), rule);
      await redirectWith(req, res, '/settings', { kind: 'info', text: RULE_WORDS[rule] });
    })
    .post('/settings/theme', async (req, res) => {
      const { theme } = readParams(themeForm, req.body);
      await updateTheme(db, userIdOf(req), theme === 'system' ? null : theme);
      res.redirect(
        303,
        safeReturnTo((req.body as { return_to?: unknown }).return_to, config.baseUrl, '/settings'),
      );
    });
}
