import { AppError } from '../../../src/errors.ts';
import { read } from './targets.ts';
import type { Target } from './measure.ts';

/**
 * `ADDRESS[=PID,PID…]`: a page of any other app, and the processes that work for it, each with all below it.
 * @throws AppError where it is not one
 */
export function parsePeer(given: string): Target {
  const [, url = '', pids = ''] = /^(https?:.+?)(?:=([\d,]+))?$/.exec(given) ?? [];
  if (!URL.canParse(url)) throw new AppError(400, `--peer must be an address, not “${given}”`);
  return { name: url, url, cookies: [], node: pids.split(',').filter(Boolean).map(Number), postgres: [] };
}

/** Those that answer; of the others it is said, and they are passed over. */
export async function listAnswering(
  peers: readonly Target[],
  say: (line: string) => void,
  longestMs?: number,
): Promise<Target[]> {
  const answering: Target[] = [];
  for (const peer of peers) {
    try {
      await read(peer, longestMs);
      answering.push(peer);
    } catch (error) {
      say(`${peer.url} is passed over: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return answering;
}
