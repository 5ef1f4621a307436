/**
 * PostgreSQL's jsonb stores neither U+0000 nor half a surrogate pair, in a value or in a field's name; both become
 * U+FFFD, the mark of the unreadable. JSON.stringify writes each of them as an escape.
 */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g, (escape) =>
    escape.length > 2 ? '\\ufffd' : escape,
  );
