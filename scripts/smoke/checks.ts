import type { Answer, Site } from './site.ts';

/** Null if all is well, else what is wrong. */
type Check = (site: Site) => Promise<string | null>;

const statusOf =
  (path: string, expected: number): Check =>
  async (site) => {
    const { status } = await site.get(path);
    return status === expected ? null : `${path} answered ${status} instead of ${expected}`;
  };

/** By the name that is printed. */
export const CHECKS: Readonly<Record<string, Check>> = {
  'the process is alive': statusOf('/livez', 200),
  'it is ready: the database answers and has the schema': statusOf('/readyz', 200),
  'the home page is complete and fast': async (site) => {
    const begun = performance.now();
    const home = await site.get('/');
    const seconds = (performance.now() - begun) / 1000;
    if (home.status !== 200) return `/ answered ${home.status}`;
    if (!home.text.includes('Music Time Machine') || !home.text.includes('</html>'))
      return '/ shows another page';
    return seconds < 2 ? null : `/ took ${seconds.toFixed(1)} s`;
  },
  'styles, scripts and fonts load and may be cached forever': async (site) => {
    const { text } = await site.get('/');
    const assets = [...text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
    if (assets.length < 3) return 'the home page names no assets';
    const problems = await Promise.all(assets.map(async (path) => faultOfAsset(path, await site.get(path))));
    return problems.find((problem) => problem !== null) ?? null;
  },
  'the security headers are set': async (site) => faultOfHeaders(site, await site.get('/')),
  'signing in goes to Spotify and back to this address': async (site) =>
    faultOfSignIn(site, await site.get('/auth/spotify')),
  'listeners’ pages require signing in': async (site) => {
    const { status, headers } = await site.get('/dashboard');
    const location = headers.get('location') ?? '';
    return status === 302 && location.startsWith('/?')
      ? null
      : `/dashboard answered ${status} to ${location}`;
  },
  'an unknown address is a 404 that shows no internals': async (site) => {
    const { status, text } = await site.get('/no-such-page-of-a-smoke-test');
    if (status !== 404) return `an unknown address answered ${status}`;
    return /node_modules|\bat .*\.[jt]s:\d|SELECT /.test(text)
      ? 'the page of an unknown address shows code'
      : null;
  },
  'metrics require the token': statusOf('/metrics', 404),
};

function faultOfAsset(path: string, { status, headers }: Answer): string | null {
  if (status !== 200) return `${path} answered ${status}`;
  return headers.get('cache-control')?.includes('immutable') ? null : `${path} may not be cached by browsers`;
}

function faultOfHeaders(site: Site, { headers }: Answer): string | null {
  const policy = headers.get('content-security-policy') ?? '';
  if (!policy.includes("default-src 'none'") || policy.includes('unsafe'))
    return 'Content-Security-Policy is missing or weak';
  if (headers.get('x-content-type-options') !== 'nosniff') return 'X-Content-Type-Options is not nosniff';
  if (site.isSecure && !headers.has('strict-transport-security'))
    return 'Strict-Transport-Security is missing';
  return headers.has('x-powered-by') ? 'X-Powered-By is set' : null;
}

function faultOfSignIn(site: Site, { status, headers }: Answer): string | null {
  const location = headers.get('location') ?? '';
  if (status !== 302 || !URL.canParse(location)) return `/auth/spotify answered ${status}`;
  const { searchParams } = new URL(location);
  const back = searchParams.get('redirect_uri');
  if (back !== new URL('/auth/spotify/callback', site.url).href)
    return `Spotify would send listeners back to ${back}: is BASE_URL this address?`;
  if (searchParams.get('code_challenge_method') !== 'S256') return 'no PKCE';
  const cookies = headers.getSetCookie();
  if (
    cookies.some((cookie) => !/;\s*HttpOnly/i.test(cookie) || (site.isSecure && !/;\s*Secure/i.test(cookie)))
  )
    return 'a cookie is readable by scripts or sent over plain HTTP';
  return null;
}
