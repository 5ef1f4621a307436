/** Files of Spotify's ZIP that are private and hold no plays: they stay closed. */
const PRIVATE =
  /^(?:Userdata|UserAddress|Payments|Identity|Identifiers|Inferences|Follow|FamilyPlan|DuoNewFamily|SearchQueries|Marquee|UserPrompts|PlaylistInABottle|PodcastInteractivity\w*|UserFestivals\w*|MessageData)(?:\.json)+$/i;
const NO_CONTENT = /^(?:\._.*|\.DS_Store|Thumbs\.db|desktop\.ini)$/i;
const NEVER_PLAYS = /\.(?:pdf|png|jpe?g|gif|webp|html?|docx?|xlsx?|mp3|m4a)$/i;

const baseName = (name: string): string => name.split(/[/\\]/).at(-1) ?? '';

/** Folders (some in Spotify's ZIP have content), and the twin files of a Mac. */
export const isNoFile = (name: string): boolean =>
  /[/\\]$/.test(name) || /(?:^|\/)__MACOSX\//.test(name) || NO_CONTENT.test(baseName(name));

/** Names decide only which files stay closed. */
export const staysClosed = (name: string): boolean =>
  PRIVATE.test(baseName(name)) || NEVER_PLAYS.test(baseName(name));

/** Spotify's `Streaming_History_Video_2021.json`, and `endvideo.json` before. */
export const isVideoFile = (name: string): boolean =>
  /^(?:Streaming_History_Video|endvideo)/i.test(baseName(name));
