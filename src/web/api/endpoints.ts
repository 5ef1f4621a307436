import type { Endpoint } from './endpoint.ts';
import { albumEndpoints } from './endpoints/albums.ts';
import { artistEndpoints } from './endpoints/artists.ts';
import { captureEndpoints } from './endpoints/captures.ts';
import { exportEndpoints } from './endpoints/export.ts';
import { figureEndpoints } from './endpoints/figures.ts';
import { libraryEndpoints } from './endpoints/library.ts';
import { listeningEndpoints } from './endpoints/listening.ts';
import { meEndpoints } from './endpoints/me.ts';
import { moodEndpoints } from './endpoints/mood.ts';
import { playlistEndpoints } from './endpoints/playlists.ts';
import { playEndpoints } from './endpoints/plays.ts';
import { rangeEndpoints } from './endpoints/ranges.ts';
import { searchEndpoints } from './endpoints/search.ts';
import { snapshotEndpoints } from './endpoints/snapshots.ts';
import { trackEndpoints } from './endpoints/tracks.ts';

/** In the order of the document. */
export const ENDPOINTS: readonly Endpoint[] = [
  ...meEndpoints,
  ...libraryEndpoints,
  ...trackEndpoints,
  ...artistEndpoints,
  ...albumEndpoints,
  ...snapshotEndpoints,
  ...searchEndpoints,
  ...moodEndpoints,
  ...figureEndpoints,
  ...playEndpoints,
  ...rangeEndpoints,
  ...listeningEndpoints,
  ...playlistEndpoints,
  ...captureEndpoints,
  ...exportEndpoints,
];
