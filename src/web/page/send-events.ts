import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, Response } from 'express';

export interface Seen {
  readonly data: unknown;
  /** Null: nothing changes any more. */
  readonly lookAgainMs: number | null;
}

/** After that the browser comes back by itself, and is authenticated again. */
const LONGEST_MS = 30_000;

/** Server-sent events: one after each change, and `end` when nothing changes any more. */
export async function sendEvents(
  req: Request,
  res: Response,
  readiness: { readonly isDraining: boolean },
  look: () => Promise<Seen>,
): Promise<void> {
  res.set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    // no-transform: compression would hold events back.
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  if (req.method === 'HEAD') return void res.end();
  res.write('retry: 1000\n\n');
  const until = Date.now() + LONGEST_MS;
  let said = '';
  while (!res.destroyed && !readiness.isDraining && Date.now() < until) {
    const { data, lookAgainMs } = await look();
    const event = `event: ${lookAgainMs === null ? 'end' : 'progress'}\ndata: ${JSON.stringify(data)}\n\n`;
    if (event !== said) res.write(event);
    said = event;
    if (lookAgainMs === null) break;
    await sleep(lookAgainMs);
  }
  res.end();
}
