import { readdirSync, readFileSync } from 'node:fs';

/** Ticks a second in /proc, on every Linux that Node runs on. */
const TICKS = 100;

interface Times {
  readonly parent: number;
  readonly own: number;
  /** Of children that have ended and were waited for. */
  readonly children: number;
}

/** What a process has used; null where there is no /proc, or no such process any more. */
function timesOf(pid: number | 'self'): Times | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets and may hold anything; the state comes next.
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = [1, 11, 12, 13, 14].map(
      (at) => fields[at],
    );
    return { parent, own: (user + system) / TICKS, children: (childrenUser + childrenSystem) / TICKS };
  } catch {
    return null;
  }
}

/** CPU seconds of one process; null as below. */
export const cpuSecondsOf = (pid: number): number | null => timesOf(pid)?.own ?? null;

/**
 * CPU seconds that this process, the programs it ran and the server's processes have used so far: what a way costs
 * however many others are at work on the machine. Null where that cannot be read, as of a server elsewhere.
 */
export function cpuSecondsSpent(postmaster: number | null): number | null {
  const server = postmaster === null ? null : timesOf(postmaster);
  const ours = timesOf('self');
  if (server === null || ours === null) return null;
  const backends = readdirSync('/proc').flatMap((name) => {
    const times = /^\d+$/.test(name) ? timesOf(Number(name)) : null;
    return times?.parent === postmaster ? times.own : [];
  });
  return ours.own + ours.children + server.children + backends.reduce((sum, own) => sum + own, 0);
}
