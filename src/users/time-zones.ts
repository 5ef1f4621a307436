import type { Queries } from '../db.ts';
import { hotQuery } from '../database/hot-queries.ts';

const KEPT_MS = 3_600_000;
const listed = new WeakMap<Queries, { readonly at: number; readonly zones: Promise<readonly string[]> }>();

/** Those that the database and Node know. PostgreSQL reads a file for each: a tenth of a second in all. */
export function listTimeZones(db: Queries): Promise<readonly string[]> {
  const known = listed.get(db);
  if (known && known.at > Date.now() - KEPT_MS) return known.zones;
  const zones = readTimeZones(db);
  listed.set(db, { at: Date.now(), zones });
  zones.catch(() => listed.delete(db));
  return zones;
}

async function readTimeZones(db: Queries): Promise<readonly string[]> {
  const rows = await db.many<{ name: string }>(ZONES);
  return ['UTC', ...rows.map(({ name }) => name).filter(isKnownToNode)];
}

/** Named after places, not offsets or countries. */
const ZONES = hotQuery(
  'settings: the time zones there are',
  `
  SELECT name FROM pg_timezone_names
  WHERE name ~ '^(Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Europe|Indian|Pacific)/'
  ORDER BY name COLLATE "C"`,
);

const asked = new Map<string, boolean>();

/** Pages are formatted by Node, which has its own time zones. */
export function isKnownToNode(zone: string): boolean {
  const known = asked.get(zone) ?? canFormat(zone);
  asked.set(zone, known);
  return known;
}

function canFormat(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).format() !== '';
  } catch {
    return false;
  }
}
