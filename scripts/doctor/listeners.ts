import type { Db } from '../../src/db.ts';
import { listCaptureAges } from '../../src/snapshots/capture-runs.ts';
import { LIST_KINDS, type ListKindName } from '../../src/snapshots/list-kinds.ts';
import type { AllowedIds } from '../../src/users/allowed.ts';
import { listConnectionHealth, type ListenerHealth } from '../../src/users/connection-health.ts';
import { fine, wrong, type Finding } from './finding.ts';

export interface ListenerReport extends ListenerHealth {
  /** Whether the database knows the time zone they chose. */
  readonly knownTimeZone: boolean;
  /** Whole seconds since lists of each kind were last kept, or since they connected; null where nothing is to be kept. */
  readonly secondsSinceCapture: Readonly<Record<ListKindName, number | null>>;
}

/** A day's lists are caught up within the day: later than this, something stands in the way. */
const LATE_SECONDS = 36 * 3600;

/** How each listener's connection is, and how long their lists have not been kept. No names: a report is passed on. */
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

/** The states in a line, then a line for each listener for whom somebody must do something. */
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
          `listener ${userId} is not in ALLOWED_SPOTIFY_IDS: signed out, nothing is fetched or sent for them, their archive stays`,
        ),
      ),
    ...troubled.map((report) => wrong('connections', `listener ${report.userId}: ${remedy(report)}`)),
    ...reports.filter(isFetched).flatMap(examineCaptures),
    ...reports
      .filter(({ knownTimeZone }) => !knownTimeZone)
      .map(({ userId }) =>
        wrong(
          'time zones',
          `listener ${userId}: the database does not know the one they chose; their days are counted in UTC until they choose another in Settings`,
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

/** One line where both kinds are late; a name where only one is. */
function examineCaptures({ userId, secondsSinceCapture }: ListenerReport): Finding[] {
  const late = LIST_KINDS.filter((kind) => (secondsSinceCapture[kind] ?? 0) > LATE_SECONDS);
  if (late.length === 0) return [];
  const what = late.length === LIST_KINDS.length ? 'nothing' : `no lists of ${late.join('')}`;
  const hours = Math.floor(Math.max(...late.map((kind) => secondsSinceCapture[kind] ?? 0)) / 3600);
  return [
    wrong(
      'captures',
      `listener ${userId}: ${what} kept for ${hours} hours; is a worker running? Their Settings show what the last tries said`,
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
        ? `connected without ${missing.join(', ')}; they must connect again in Settings and agree to it`
        : `no longer connected${when}; they must connect again in Settings, nothing is kept until then`;
    case 'not-allowed':
      return `not on the app’s list${when}; add them under User Management in Spotify’s developer dashboard`;
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
