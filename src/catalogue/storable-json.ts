/** jsonb stores neither U+0000 nor half a surrogate pair: both become U+FFFD. JSON.stringify escapes them. */
export const storableJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/\\(?:u0000|ud[89a-f][0-9a-f]{2}|.)/g, (escape) =>
    escape.length > 2 ? '\\ufffd' : escape,
  );
