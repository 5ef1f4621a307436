export const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);

export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
