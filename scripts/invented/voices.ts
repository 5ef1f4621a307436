import written from './voices.json' with { type: 'json' };

export type VoiceName = keyof typeof written;

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

const list = (text: string): string[] => text.split(' | ');

const readVoice = ({ script, slots, ...lists }: (typeof written)[VoiceName]): Voice => ({
  script: script as Script,
  countries: list(lists.countries),
  solo: list(lists.solo),
  bands: list(lists.bands),
  titles: list(lists.titles),
  slots: Object.fromEntries(Object.entries(slots).map(([name, words]) => [name, list(words)])),
});

export const voices = Object.fromEntries(
  Object.entries(written).map(([name, voice]) => [name, readVoice(voice)]),
) as Readonly<Record<VoiceName, Voice>>;
