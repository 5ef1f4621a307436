const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock in the zone shows at an instant: `2024-03-31T02:30:00`. */
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

/** False for a time that a clock in the zone never shows, since it is put forward over it. */
export function existsIn(zone: string, local: string): boolean {
  const asUtc = Date.parse(`${local}Z`);
  const offsetAt = (instant: number): number => Date.parse(`${localTime(zone, instant)}Z`) - instant;
  return [-26, 0, 26].some((hours) => {
    const instant = asUtc - offsetAt(asUtc + hours * HOUR);
    return localTime(zone, instant) === local;
  });
}
