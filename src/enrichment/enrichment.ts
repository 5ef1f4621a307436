import type { Config } from '../config.ts';
import type { FeatureProvider } from '../features/provider.ts';
import { reccobeats } from '../features/reccobeats.ts';

export interface Enrichment {
  readonly features: { readonly provider: FeatureProvider; readonly perDay: number } | null;
  readonly payloadsPerDay: number;
}

export const NO_ENRICHMENT: Enrichment = { features: null, payloadsPerDay: 0 };

export const enrichmentOf = ({ enrichment: { reccobeats: wanted, payloadsPerDay } }: Config): Enrichment => ({
  features: wanted && { provider: reccobeats(wanted), perDay: wanted.perDay },
  payloadsPerDay,
});
