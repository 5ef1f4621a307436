import type { Config } from '../config.ts';
import { reccobeats } from '../features/reccobeats.ts';
import type { Enrichment } from './worker.ts';

/** What the settings switch on. */
export const enrichmentOf = ({ enrichment: { reccobeats: wanted, payloadsPerDay } }: Config): Enrichment => ({
  features: wanted && { provider: reccobeats(wanted), perDay: wanted.perDay },
  payloadsPerDay,
});
