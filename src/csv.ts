/** Without it a spreadsheet shows é as Ã©. */
const BYTE_ORDER_MARK = '\uFEFF';

export const csvHead = (columns: readonly string[]): string => BYTE_ORDER_MARK + csvLine(columns);

export function csvLine(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

/**
 * Spreadsheets compute texts that begin like a formula, also in full-width characters; a ' marks them as text. Where
 * the comma is the decimal sign, they split fields at semicolons.
 */
function csvField(text: string): string {
  const safe = /^[=+\-@＝＋－＠\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",;\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
