const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock in the zone shows: `2024-03-31T02:30:00`. */
export function localTime(zone: string, milliseconds: number): string {
  let format = formats.get(zone);
  if (!format) {
    const numeric = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    const clock = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' } as const;
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, ...numeric, ...clock });
    formats.set(zone, format);
  }
  const parts = Object.fromEntries(
    format.formatToParts(milliseconds).map(({ type, value }) => [type, value]),
  );
  const day = `${parts.year?.padStart(4, '0')}-${parts.month}-${parts.day}`;
  return `${day}T${parts.hour}:${parts.minute}:${parts.second}`;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** When a clock in the zone shows a time; null if the clock skips it. */
export function instantIn(zone: string, local: string): number | null {
  const asUtc = Date.parse(`${local}Z`);
  const steady = steadyOffset(zone, asUtc);
  if (steady !== null) return asUtc - steady;
  const tries = [-26, 0, 26].map((hours) => asUtc - offsetAt(zone, asUtc + hours * HOUR));
  return tries.find((instant) => localTime(zone, instant) === local) ?? null;
}

const offsetAt = (zone: string, instant: number): number =>
  Date.parse(`${localTime(zone, instant)}Z`) - instant;

const steadyDays = new Map<string, number | null>();
const MOST_DAYS = 20_000;

/** The offset, if it is the same on all these days; cached, since asking is slow. */
function steadyOffset(zone: string, asUtc: number): number | null {
  const day = Math.floor(asUtc / DAY);
  const known = steadyDays.get(`${zone} ${day}`);
  if (known !== undefined) return known;
  const [first = 0, ...others] = [-2, -1, 0, 1, 2, 3].map((days) => offsetAt(zone, (day + days) * DAY));
  const offset = others.every((other) => other === first) ? first : null;
  if (steadyDays.size >= MOST_DAYS) steadyDays.clear();
  steadyDays.set(`${zone} ${day}`, offset);
  return offset;
}
