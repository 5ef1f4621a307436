import { z } from 'zod';
import { listCaptureRunsAfter, type CaptureRun } from '../../../snapshots/capture-runs.ts';
import { endpoint } from '../endpoint.ts';
import { pageOf, paging, readCursor, writeCursor } from '../params.ts';
import { named } from '../schemas.ts';
import { count, cutPage, date, instant, range } from '../shapes.ts';

const capture = named(
  'Capture',
  z.strictObject({
    capture_id: z.string(),
    kind: z.enum(['tracks', 'artists']).describe('What the lists contain'),
    date: date.describe('The day in your time zone'),
    outcome: z.enum(['kept', 'empty', 'failed', 'missed']),
    started_at: instant,
    finished_at: instant,
    time_ranges: z.array(range),
    places: count.describe('Places saved'),
    skipped: count.describe('Items from Spotify that were skipped'),
    deeper: z.boolean().describe('Spotify’s list was longer than what is saved'),
    failure: z.string().nullable().describe('In words'),
  }),
);

function captureOf({ run_id: id, snapshot_date: day, ...run }: CaptureRun): z.input<typeof capture> {
  return {
    ...run,
    capture_id: String(id),
    date: day,
    started_at: run.started_at.toISOString(),
    finished_at: run.finished_at.toISOString(),
    time_ranges: [...run.time_ranges],
  };
}

const place = z.strictObject({ capture: z.int().min(1) });

export const captureEndpoints = [
  endpoint({
    method: 'GET',
    path: '/captures',
    name: 'listCaptures',
    subject: 'Captures',
    scope: 'read',
    summary: 'Each attempt to keep a day’s lists, the newest first',
    description: 'A day that ended without its lists is here too: its outcome is `missed`.',
    query: paging,
    example: { query: { limit: '6' } },
    answer: pageOf(capture, {}),
    handler: async ({ db, user, query }) => {
      const after = readCursor(place, query.after)?.capture ?? null;
      const rows = await listCaptureRunsAfter(db, user.user_id, { after, limit: query.limit + 1 });
      const { shown, last } = cutPage(rows, query.limit);
      return { items: shown.map(captureOf), next: last && writeCursor({ capture: last.run_id }) };
    },
  }),
];
