import type { Db } from '../../src/db.ts';
import { listCaptureAges } from '../../src/snapshots/capture-runs.ts';
import { LIST_KINDS, type ListKindName } from '../../src/snapshots/list-kinds.ts';
import type { AllowedIds } from '../../src/users/allowed.ts';
import { listConnectionHealth, type ListenerHealth } from '../../src/users/connection-health.ts';
import { plural } from '../print.ts';
import { fine, wrong, type Finding } from './finding.ts';

export interface ListenerReport extends ListenerHealth {
  readonly knownTimeZone: boolean;
  /** Since lists of each kind were last captured, or since they connected; null if nothing is captured for them. */
  readonly secondsSinceCapture: Readonly<Record<ListKindName, number | null>>;
}

/** A missed capture is made up within the day; if it takes longer, something is wrong. */
const LATE_SECONDS = 36 * 3600;

/** Without names, since people pass reports on. */
export async function reportListeners(db: Db, allowed: AllowedIds): Promise<ListenerReport[]> {
  const ages = await listCaptureAges(db, allowed);
  const lost = await listUnknownTimeZones(db);
  return (await listConnectionHealth(db, allowed)).map((health) => {
    const ageOf = (kind: ListKindName): number | null => {
      const age = ages.find((one) => one.user_id === health.userId && one.kind === kind);
      return age === undefined ? null : Math.round(age.seconds);
    };
    return {
      ...health,
      knownTimeZone: !lost.includes(health.userId),
      secondsSinceCapture: { tracks: ageOf('tracks'), artists: ageOf('artists') },
    };
  });
}

export function examineListeners(reports: readonly ListenerReport[]): Finding[] {
  const troubled = reports.filter(
    (report) => report.actionNeeded && (report.state !== 'expiring' || report.urgent),
  );
  return [
    fine('connections', statesInWords(reports)),
    ...reports
      .filter(({ state }) => state === 'off-list')
      .map(({ userId }) =>
        fine(
          'connections',
          `listener ${userId} is not in ALLOWED_SPOTIFY_IDS: they are signed out, nothing is fetched or sent for them, and their archive stays`,
        ),
      ),
    ...troubled.map((report) => wrong('connections', `listener ${report.userId}: ${remedy(report)}`)),
    ...reports.filter(isFetched).flatMap(examineCaptures),
    ...reports
      .filter(({ knownTimeZone }) => !knownTimeZone)
      .map(({ userId }) =>
        wrong(
          'time zones',
          `listener ${userId}: the database does not know their time zone; their days are counted in UTC until they choose another one in Settings`,
        ),
      ),
  ];
}

async function listUnknownTimeZones(db: Db): Promise<number[]> {
  const rows = await db.many<{ user_id: number }>(
    'SELECT user_id FROM users WHERE zone_used(timezone) <> timezone',
  );
  return rows.map(({ user_id: userId }) => userId);
}

function examineCaptures({ userId, secondsSinceCapture }: ListenerReport): Finding[] {
  const late = LIST_KINDS.filter((kind) => (secondsSinceCapture[kind] ?? 0) > LATE_SECONDS);
  if (late.length === 0) return [];
  const what = late.length === LIST_KINDS.length ? 'no lists' : `no lists of ${late.join('')}`;
  const hours = Math.floor(Math.max(...late.map((kind) => secondsSinceCapture[kind] ?? 0)) / 3600);
  return [
    wrong(
      'captures',
      `listener ${userId}: ${what} captured for ${plural(hours, 'hour')}; is a worker running? Their Settings page shows the latest results`,
    ),
  ];
}

function statesInWords(reports: readonly ListenerReport[]): string {
  if (reports.length === 0) return 'nobody has signed in yet';
  const counts = new Map<string, number>();
  for (const { state } of reports) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}

function remedy({ state, since, expiresAt, missing }: ListenerReport): string {
  const when = since === null ? '' : ` since ${dayOf(since)}`;
  switch (state) {
    case 'needs-you':
      return missing.length > 0
        ? `connected without ${missing.join(', ')}; they must connect again in Settings and give it`
        : `no longer connected${when}; they must connect again in Settings; nothing is captured until then`;
    case 'not-allowed':
      return `not on the app’s list at Spotify${when}; add them under User Management in Spotify’s developer dashboard`;
    case 'premium-lapsed':
      return `the app’s owner has had no Premium${when}; renew it`;
    case 'expiring':
      return `the connection ends ${expiresAt === null ? 'soon' : `on ${dayOf(expiresAt)}`}; they must connect again in Settings`;
    case 'connected':
    case 'off-list':
    case 'limited':
    case 'paused':
      return state;
    default:
      return state satisfies never;
  }
}

const isFetched = ({ state }: ListenerReport): boolean => state === 'connected' || state === 'expiring';

const dayOf = (instant: Date): string => instant.toISOString().slice(0, 10);
