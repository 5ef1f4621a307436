import { existsSync, readFileSync } from 'node:fs';

const STATUS = '/proc/self/status';

/** The most memory this process has held, in KB. (On Linux, maxRSS counts what its parent held when it was started.) */
export function peakResidentKb(): number {
  const told = existsSync(STATUS) ? /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8')) : null;
  return told === null ? process.resourceUsage().maxRSS : Number(told[1]);
}
