import { rateLimited, type Answer } from './answers.ts';
import type { StandInState } from './state.ts';

const DAY_MS = 86_400_000;

/** Null while the endpoint's quota lasts. */
export function overQuota(state: StandInState, name: string): Answer | null {
  const most = state.odd.quotas[name];
  if (most === undefined) return null;
  const now = state.clock().getTime();
  const answered = state.answered.get(name)?.filter((at) => at > now - DAY_MS) ?? [];
  const [oldest] = answered;
  // With a fraction, as Spotify writes it.
  if (oldest !== undefined && answered.length >= most)
    return rateLimited(`${(oldest + DAY_MS - now) / 1000}`, true);
  state.answered.set(name, [...answered, now]);
  return null;
}
