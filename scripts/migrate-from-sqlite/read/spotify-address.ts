const ADDRESS =
  /^(?:spotify:track:|(?:https?:\/\/)?(?:open|play)\.spotify\.com\/(?:intl-[a-z-]+\/)?(?:embed\/)?track\/)([A-Za-z0-9]{22})(?:[/?#].*)?$/i;

/** The Spotify ID in a track's URI or in its address on the web; null where a text is neither. */
export const trackIdIn = (text: string): string | null => ADDRESS.exec(text)?.[1] ?? null;
