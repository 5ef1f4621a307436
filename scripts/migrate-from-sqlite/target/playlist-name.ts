const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

/**
 * `playlist_2020_december` and `playlist_2020_12` become `December 2020`; in any other id underscores become spaces.
 */
export function playlistName(playlistId: string): string {
  const match = /^playlist_(\d{4})_([a-z]+|\d{1,2})$/i.exec(playlistId);
  const [, year = '', month = ''] = match ?? [];
  const name =
    MONTHS[Number(month) - 1] ?? MONTHS.find((known) => known.toLowerCase() === month.toLowerCase());
  return name === undefined ? playlistId.replaceAll('_', ' ') : `${name} ${year}`;
}
