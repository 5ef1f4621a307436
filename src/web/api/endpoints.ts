import { meEndpoints } from './endpoints/me.ts';
import type { Endpoint } from './endpoint.ts';

/** The API, in the order of its document. */
export const ENDPOINTS: readonly Endpoint[] = [...meEndpoints];
