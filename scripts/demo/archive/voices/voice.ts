export type Script =
  | 'Latin'
  | 'Japanese'
  | 'Korean'
  | 'Chinese'
  | 'Cyrillic'
  | 'Greek'
  | 'Arabic'
  | 'Hebrew'
  | 'Thai'
  | 'Devanagari';

/**
 * How names sound in one language or scene. Every entry is a whole name or a pattern such as '{given} {family}';
 * what stands in braces is drawn from `slots`.
 */
export interface Voice {
  readonly script: Script;
  /** Countries that give out the ISRC. */
  readonly countries: readonly string[];
  readonly solo: readonly string[];
  readonly bands: readonly string[];
  readonly titles: readonly string[];
  readonly slots: Readonly<Record<string, readonly string[]>>;
}

/** The entries of a list written with bars between them, over as many lines as it takes. */
export function list(text: string): readonly string[] {
  return text
    .split(/[|\n]/u)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
