import type { ApiToken, Scope } from '../../users/api-tokens.ts';
import { facts, formatDate } from '../page/format.ts';

export const NAME_LIMIT = 100;

export const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  read: 'Read your archive',
  'write:playlists': 'Make playlists and send them to Spotify',
};

export const ENDS = { '7': '7 days', '30': '30 days', '90': '90 days', '365': 'A year' } as const;
export const USUAL_END: keyof typeof ENDS = '90';

/** "Read your archive · Make playlists and send them to Spotify" */
export const scopeWords = ({ scopes }: Pick<ApiToken, 'scopes'>): string =>
  facts(...scopes.map((scope) => SCOPE_WORDS[scope]));

/** "Made 3 May 2026 · ends 1 August 2026 · never used" */
export const tokenFacts = (token: ApiToken, timezone: string): string =>
  facts(
    `Made ${formatDate(token.created_at, timezone)}`,
    token.has_ended
      ? `ended ${formatDate(token.ends_at, timezone)}`
      : `ends ${formatDate(token.ends_at, timezone)}`,
    token.last_used_on === null ? 'never used' : `last used ${formatDate(token.last_used_on)}`,
  );
