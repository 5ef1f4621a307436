/** Audio features as a provider sent them, kept whole; which of them mean something the library decides. */
export type SentFeatures = Readonly<Record<string, unknown>>;

/** Why a provider was asked in vain; none of them says anything about a track. */
export type ProviderFault = 'unreachable' | 'unreadable' | 'refused';

export type FeatureAnswer =
  | {
      readonly kind: 'answered';
      readonly found: ReadonlyMap<string, SentFeatures>;
      /** Asked for and not known there. */
      readonly unknown: readonly string[];
    }
  /** It asked to wait: no call may be made before. */
  | { readonly kind: 'not-before'; readonly seconds: number }
  | { readonly kind: 'fault'; readonly fault: ProviderFault };

/** Somebody who can be asked how tracks sound. Knows no tables; never throws for what goes wrong on the way. */
export interface FeatureProvider {
  /** As it is stored with what it sent. */
  readonly source: 'reccobeats';
  /** For pages. */
  readonly name: string;
  readonly idsPerCall: number;
  /** @param trackIds Spotify ids, at most `idsPerCall` */
  find(trackIds: readonly string[]): Promise<FeatureAnswer>;
}
