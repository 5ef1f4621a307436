import type { FeatureSource } from '../../catalogue/audio-features.ts';
import { formatDate } from '../page/format.ts';

interface Sourced {
  readonly features_source: FeatureSource | null;
  readonly features_at: Date | null;
  /** Completes the own file. */
  readonly catalogue_source: Exclude<FeatureSource, 'own'> | null;
}

const SOURCE_WORDS: Readonly<Record<Exclude<FeatureSource, 'own'>, string>> = {
  archive: 'an old archive that was moved here',
  reccobeats: 'ReccoBeats',
};

export function featureSourceWords(
  { features_source: source, features_at: at, catalogue_source: beside }: Sourced,
  timezone: string,
): string {
  const date = at === null ? null : formatDate(at, timezone);
  if (source === 'own') {
    const rest = beside === null ? '' : ` What it leaves out: ${SOURCE_WORDS[beside]}.`;
    return `Source: your own file${date ? `, loaded ${date}` : ''}.${rest}`;
  }
  if (source === null) return '';
  const since = date && (source === 'reccobeats' ? ` Asked on ${date}.` : ` Here since ${date}.`);
  return `Source: ${SOURCE_WORDS[source]}.${since ?? ''}`;
}
