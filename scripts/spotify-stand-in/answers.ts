/** Before a fault may spoil it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
});

export const plain = (status: number, body: string): Answer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});

export const html = (status: number, body: string): Answer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body,
});

export const redirect = (location: string): Answer => ({ status: 302, headers: { location }, body: '' });

/** In the Web API's form. */
export const apiError = (status: number, message: string, more: Record<string, unknown> = {}): Answer =>
  json(status, { error: { status, message, ...more } });

/** In the token endpoint's form. */
export const tokenError = (error: string, description: string): Answer =>
  json(400, { error, error_description: description });

/** `retryAfter`: seconds, or a literal header; null sends none. */
export function rateLimited(retryAfter: number | string | null, quotaExceeded: boolean): Answer {
  const answer = apiError(429, 'Too many requests', quotaExceeded ? { reason: 'QUOTA_EXCEEDED' } : {});
  if (retryAfter === null) return answer;
  return { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfter) } };
}

export const NOT_ALLOW_LISTED_2025 =
  'Check settings on developer.spotify.com/dashboard, the user may not be registered.';
export const NOT_ALLOW_LISTED_2026 =
  'The user is not registered for this application. Please check your settings on https://developer.spotify.com/dashboard.';
export const OWNER_NOT_PREMIUM =
  'Active premium subscription required for the owner of the app. When the subscription status changes, it can take a few hours before requests are allowed again.';
