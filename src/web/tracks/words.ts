import type { FeatureSource } from '../../catalogue/audio-features.ts';
import { formatDate, plural } from '../page/format.ts';

interface Sourced {
  readonly features_source: FeatureSource | null;
  readonly features_at: Date | null;
  /** Completes the own file. */
  readonly catalogue_source: Exclude<FeatureSource, 'own'> | null;
}

const SOURCE_WORDS: Readonly<Record<Exclude<FeatureSource, 'own'>, string>> = {
  archive: 'an old archive moved here',
  reccobeats: 'ReccoBeats',
};

export function featureSourceWords(
  { features_source: source, features_at: at, catalogue_source: beside }: Sourced,
  timezone: string,
): string {
  if (source === null) return '';
  const name = source === 'own' ? 'your own file' : SOURCE_WORDS[source];
  const from = at === null ? `Source: ${name}.` : `Source: ${name}, ${formatDate(at, timezone)}.`;
  return source === 'own' && beside !== null ? `${from} The rest is from ${SOURCE_WORDS[beside]}.` : from;
}

/** Why a track that no list has is in the archive. */
export function whyHere({ plays, playlists }: { plays: number; playlists: number }): string {
  if (plays > 0) return `You have played it ${plural(plays, 'time')}.`;
  return playlists > 0 ? 'It is in your playlists.' : 'It came from the old edition.';
}
