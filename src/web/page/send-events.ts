import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, Response } from 'express';

export interface Seen {
  /** What the page is told. */
  readonly data: unknown;
  /** Null: nothing moves any more. */
  readonly lookAgainMs: number | null;
}

/** The browser comes back by itself after that, and shows again who it is. */
const LONGEST_MS = 30_000;

/** Server-sent events, one each time something has changed; `end` when nothing moves any more. */
export async function sendEvents(
  req: Request,
  res: Response,
  readiness: { readonly isDraining: boolean },
  look: () => Promise<Seen>,
): Promise<void> {
  res.set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    // no-transform: compressed, the events would wait for each other.
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
