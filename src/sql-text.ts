/** A text as LIKE takes it literally. */
export const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);

/** The name of a table or column as SQL takes it literally. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
