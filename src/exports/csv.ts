export function csvLine(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

/** A spreadsheet would reckon with a text that begins like a formula; a ' before it says that it is text. */
function csvField(text: string): string {
  const safe = /^[=+\-@\t\r\n]/.test(text) && !isNumber(text) ? `'${text}` : text;
  return /[",\r\n\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** There is nothing to reckon with in −7.5 alone. */
const isNumber = (text: string): boolean => /^-\d+(?:\.\d+)?$/.test(text);
