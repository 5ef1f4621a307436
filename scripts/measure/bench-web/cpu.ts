import { readFileSync, readdirSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second. */
const MS_PER_TICK = 10;

interface ProcessTimes {
  readonly parent: number;
  /** Of itself and of those of its children that have ended, milliseconds. */
  readonly milliseconds: number;
}

/** Processor time a process and everything below it has used so far, in milliseconds (Linux). */
export function cpuOfTree(root: number): number {
  const processes = new Map<number, ProcessTimes>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const times = timesOf(name);
    if (times) processes.set(Number(name), times);
  }
  const isBelow = (pid: number): boolean => {
    if (pid === root) return true;
    const parent = processes.get(pid)?.parent ?? 0;
    return parent > 1 && isBelow(parent);
  };
  return [...processes].reduce((sum, [pid, { milliseconds }]) => sum + (isBelow(pid) ? milliseconds : 0), 0);
}

/** What `man 5 proc` says of /proc/<pid>/stat: after the name come state, ppid and, from the 12th on, utime … cstime. */
function timesOf(pid: string): ProcessTimes | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
    return { parent: fields[1] ?? 0, milliseconds: ticks * MS_PER_TICK };
  } catch {
    return null; // It has ended meanwhile.
  }
}

/** Memory of one process that is its own, in MB. */
export function megabytesOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
}
