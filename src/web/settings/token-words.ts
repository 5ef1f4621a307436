import type { ApiToken, Scope } from '../../users/api-tokens.ts';

export const NAME_LIMIT = 100;

export const SCOPE_WORDS: Readonly<Record<Scope, string>> = {
  read: 'Read your archive',
  'write:playlists': 'Make playlists and send them to Spotify',
};

export const ENDS = { '7': '7 days', '30': '30 days', '90': '90 days', '365': 'A year' } as const;
export const USUAL_END: keyof typeof ENDS = '90';

/** "Read your archive; make playlists and send them to Spotify" */
export const scopeWords = ({ scopes }: Pick<ApiToken, 'scopes'>): string =>
  scopes
    .map((scope, index) => (index === 0 ? SCOPE_WORDS[scope] : lowerFirst(SCOPE_WORDS[scope])))
    .join('; ');

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
