/** As sent; the library decides which are meaningful. */
export type SentFeatures = Readonly<Record<string, unknown>>;

/** Why there is no answer; it says nothing about a track. */
export type ProviderFault = 'unreachable' | 'unreadable' | 'refused';

export type FeatureAnswer =
  | {
      readonly kind: 'answered';
      readonly found: ReadonlyMap<string, SentFeatures>;
      readonly unknown: readonly string[];
    }
  | { readonly kind: 'not-before'; readonly seconds: number }
  | { readonly kind: 'fault'; readonly fault: ProviderFault };

/** Never throws for network faults. Knows no tables. */
export interface FeatureProvider {
  readonly source: 'reccobeats';
  readonly name: string;
  readonly idsPerCall: number;
  find(trackIds: readonly string[]): Promise<FeatureAnswer>;
}
