/** The first thing somebody sees who opens the ZIP in ten years. */
export const readMe = (
  exportedAt: Date,
): string => `Music Time Machine: an archive, exported ${exportedAt.toISOString()}

data/       Everything, one JSON object a line (UTF-8), one file a table. "raw_json" is Spotify's own
            answer as it was received, "audio_features" what is known of a track's sound; what you loaded
            yourself is in own_audio_features.jsonl.
csv/        The same for people and spreadsheets: the dated lists of tracks and artists, plays, playlists, tracks.
            A ' before a text that begins with = + - or @ keeps a spreadsheet from reckoning with it.
old-app/    tracks and snapshots in the SQLite layout of the old single-file app.
manifest.json   The version of this layout, and rows, bytes and SHA-256 of each file in data/.

To restore it into another Music Time Machine, whoever runs that one says:

    npm run restore -- this-file.zip

Spotify's tokens and your sign-ins are not in here: a key to an account has no place in a file.
Instants are UTC. Times are ISO 8601.
`;
