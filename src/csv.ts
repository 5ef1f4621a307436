/** What a spreadsheet needs to read a file as UTF-8: without it, é becomes Ã©. */
const BYTE_ORDER_MARK = '\uFEFF';

/** The first line of a CSV file, which stands there even where no other follows. */
export const csvHead = (columns: readonly string[]): string => BYTE_ORDER_MARK + csvLine(columns);

export function csvLine(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

/**
 * A spreadsheet reckons with a text that begins like a formula, in full width too; a ' before it says that it is text.
 * Where the comma is the decimal sign, a spreadsheet parts fields at the semicolon.
 */
function csvField(text: string): string {
  const safe = /^[=+\-@＝＋－＠\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",;\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
