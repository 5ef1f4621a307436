export const readMe = (
  exportedAt: Date,
): string => `Music Time Machine: an archive, exported ${exportedAt.toISOString()}

data/       Everything: one file per table, one JSON object per line (UTF-8). "raw_json" is Spotify's
            answer as received, "audio_features" describes a track's sound; features you uploaded
            are in own_audio_features.jsonl.
csv/        The same for people and spreadsheets: the dated lists of tracks and artists, plays, playlists, tracks.
            A ' before a text that begins with = + - or @ keeps a spreadsheet from computing it.
old-app/    Tracks and snapshots in the SQLite layout of the old single-file app.
manifest.json   The version of this layout, and rows, bytes and SHA-256 of each file in data/.

To restore it into another Music Time Machine, run there:

    npm run restore -- this-file.zip

Spotify's tokens and your sign-ins are not in here: keys to an account do not belong in a file.
All times are UTC, in ISO 8601.
`;
