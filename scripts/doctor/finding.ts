/** Unless `ok`, `text` says what to do. */
export interface Finding {
  readonly check:
    'settings' | 'time zones' | 'database' | 'schema' | 'rows' | 'Spotify' | 'connections' | 'captures';
  readonly ok: boolean;
  readonly text: string;
}

export const fine = (check: Finding['check'], text: string): Finding => ({ check, ok: true, text });
export const wrong = (check: Finding['check'], text: string): Finding => ({ check, ok: false, text });
