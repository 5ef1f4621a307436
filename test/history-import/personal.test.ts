import { describe, expect, it } from 'vitest';
import { extendedList, extendedRow, readFiles, readOne } from '../support/given-history.ts';

const NAMELESS = {
  master_metadata_track_name: null,
  master_metadata_album_artist_name: null,
  master_metadata_album_album_name: null,
  spotify_track_uri: null,
};

describe('what is personal', () => {
  const SECRETS = ['192.0.2.17', '2001:db8::7', 'secret-user', 'Mozilla', 'iPhone12', 'x@example.org'];
  const personal = {
    username: 'secret-user',
    ip_addr: '192.0.2.17',
    ip_addr_decrypted: '2001:db8::7',
    user_agent_decrypted: 'Mozilla',
    platform: 'iOS 17 (iPhone12,1)',
    device_model: 'iPhone12',
    account_email: 'x@example.org',
  };

  it('is in no row that is handed on, and the rest is, unknown keys too', async () => {
    const { rows } = await readOne(
      extendedList(
        personal,
        { ...personal, ...NAMELESS },
        { ...personal, ts: 'x', mood_of_tomorrow: { blue: 7 } },
      ),
    );
    expect(rows.map(({ kind }) => kind)).toEqual(['play', 'set aside', 'set aside']);
    for (const secret of SECRETS) expect(JSON.stringify(rows)).not.toContain(secret);
    expect(JSON.parse(rows[2]?.raw ?? '')).toMatchObject({
      mood_of_tomorrow: { blue: 7 },
      conn_country: 'SE',
      ts: 'x',
    });
  });

  it('is not in what is kept of a damaged row either, wherever the damage is', async () => {
    const text = extendedList({}, personal, {});
    const [begin, end] = [text.indexOf('{', 5), text.lastIndexOf('{')];
    for (let at = begin; at < end; at += 3) {
      const damaged = `${text.slice(0, at)}"${text.slice(at + 1)}`;
      const { rows } = await readOne(damaged);
      for (const secret of SECRETS) expect(JSON.stringify(rows)).not.toContain(secret);
    }
  });

  it('stays out of every other format', async () => {
    const listen = {
      listened_at: 1_767_820_260,
      user_name: 'secret-user',
      track_metadata: { track_name: 'a', artist_name: 'b', additional_info: { device: 'iPhone12' } },
    };
    const { rows } = await readFiles({
      'a.jsonl': JSON.stringify(listen),
      'b.csv': 'Artist;Album;AlbumId;Track;Date#secret-user\nb;;;a;1767820260000\n',
      'c.json': JSON.stringify({
        username: 'secret-user',
        scrobbles: [{ track: 'a', artist: 'b', album: '', date: 1767820260000 }],
      }),
    });
    expect(rows.map(({ kind }) => kind)).toEqual(['play', 'play', 'play']);
    for (const secret of SECRETS) expect(JSON.stringify(rows)).not.toContain(secret);
  });
});

it('text that PostgreSQL cannot store becomes text it can', async () => {
  const { rows, plays } = await readOne(
    `[${JSON.stringify(extendedRow()).replace('Lantern', String.raw`\u0000La\ud800ntern \\u0000`)}]`,
  );
  expect(plays[0]?.trackName).toBe('\uFFFDLa\uFFFDntern \\u0000 Weather');
  expect(rows[0]?.raw).not.toMatch(/(?<!\\)\\u(?:0000|d800)/);
});
