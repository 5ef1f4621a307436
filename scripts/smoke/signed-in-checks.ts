import { plain, type Visitor } from './visitor.ts';

const PAGES = ['/dashboard', '/time-machine', '/history', '/explore', '/mood', '/search?q=love', '/settings'];

export const SIGNED_IN_CHECKS: Readonly<Record<string, (visitor: Visitor) => Promise<string | null>>> = {
  'a listener signs in': async (visitor) => {
    await visitor.signIn();
    const { status } = await visitor.get('/dashboard');
    return status === 200 ? null : `/dashboard answered ${status} after signing in`;
  },
  'today’s lists are captured': async (visitor) => {
    const dashboard = await visitor.get('/dashboard');
    // The worker may have been there first.
    if (dashboard.text.includes('action="/snapshots"')) await visitor.submit(dashboard, '/snapshots');
    const { text } = await visitor.get('/dashboard');
    return text.includes('href="/tracks/') ? null : 'the dashboard shows no track';
  },
  'the listener’s pages answer': async (visitor) => {
    for (const path of PAGES) {
      const { status } = await visitor.get(path);
      if (status !== 200) return `${path} answered ${status}`;
    }
    return null;
  },
  'a list becomes a playlist and arrives on Spotify': sendPlaylist,
};

async function sendPlaylist(visitor: Visitor): Promise<string | null> {
  const beginnings = await visitor.get('/playlists/new');
  const recipe = /href="(\/playlists\/new\?from=[^"]+)"/.exec(beginnings.text)?.[1];
  if (recipe === undefined) return 'there is no list to make a playlist from';
  const preview = await visitor.get(plain(recipe));
  const kept = await visitor.submit(preview, '/playlists', { name: 'Smoke test' });
  const path = kept.headers.get('location') ?? '';
  if (kept.status !== 303 || !path.startsWith('/playlists/'))
    return `saving the playlist answered ${kept.status}`;
  const page = await visitor.get(path);
  // It may have been sent by an earlier run.
  if (page.text.includes(`action="${path}/send"`)) await visitor.submit(page, `${path}/send`);
  const arrived = await visitor.waitFor(path, /open\.spotify\.com\/playlist\//);
  return arrived === null ? `${path} was not on Spotify after half a minute` : null;
}
