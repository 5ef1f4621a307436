const ADDRESS =
  /^(?:spotify:track:|(?:https?:\/\/)?(?:open|play)\.spotify\.com\/(?:intl-[a-z-]+\/)?(?:embed\/)?track\/)([A-Za-z0-9]{22})(?:[/?#].*)?$/i;

/** The ID in a track's URI or web address; null for any other text. */
export const trackIdIn = (text: string): string | null => ADDRESS.exec(text)?.[1] ?? null;
