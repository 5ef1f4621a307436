import { createHash } from 'node:crypto';
import type { Queries } from '../db.ts';

export interface SignInAttempt {
  /** The random `state` sent to Spotify, which comes back with the listener. */
  readonly state: string;
  /** The random value only the browser that began the attempt holds. */
  readonly browserSecret: string;
  readonly codeVerifier: string;
  readonly returnTo: string;
}

/** Remembers a sign-in under way, and forgets those nobody finished. Only hashes of the secrets are kept. */
export async function beginSignIn(db: Queries, attempt: SignInAttempt): Promise<void> {
  await db.execute(`DELETE FROM sign_in_attempts WHERE created_at < now() - interval '10 minutes'`);
  await db.execute(
    `INSERT INTO sign_in_attempts (state_hash, browser_hash, code_verifier, return_to) VALUES ($1, $2, $3, $4)`,
    [sha256(attempt.state), sha256(attempt.browserSecret), attempt.codeVerifier, attempt.returnTo],
  );
}

/**
 * Uses an attempt up. Two callbacks at once, a replay, another browser and one after ten minutes all get null:
 * the row is gone with the first, in one statement.
 */
export function takeSignIn(
  db: Queries,
  { state, browserSecret }: Pick<SignInAttempt, 'state' | 'browserSecret'>,
): Promise<{ code_verifier: string; return_to: string } | null> {
  return db.maybeOne(
    `DELETE FROM sign_in_attempts
     WHERE state_hash = $1 AND browser_hash = $2 AND created_at > now() - interval '10 minutes'
     RETURNING code_verifier, return_to`,
    [sha256(state), sha256(browserSecret)],
  );
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();
