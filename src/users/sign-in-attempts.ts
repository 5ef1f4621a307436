import { createHash } from 'node:crypto';
import type { Queries } from '../db.ts';

export interface SignInAttempt {
  readonly state: string;
  /** Random; only the browser that began the attempt has it. */
  readonly browserSecret: string;
  readonly codeVerifier: string;
  readonly returnTo: string;
}

export async function beginSignIn(db: Queries, attempt: SignInAttempt): Promise<void> {
  await db.execute(`DELETE FROM sign_in_attempts WHERE created_at < now() - interval '10 minutes'`);
  await db.execute(
    `INSERT INTO sign_in_attempts (state_hash, browser_hash, code_verifier, return_to) VALUES ($1, $2, $3, $4)`,
    [sha256(attempt.state), sha256(attempt.browserSecret), attempt.codeVerifier, attempt.returnTo],
  );
}

/** In one statement: a second callback, a replay, another browser and one after ten minutes get null. */
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
