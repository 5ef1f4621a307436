/** Of every text, number and date. The layout hands it to scripts as the page's `lang`. */
export const LOCALE = 'en-GB';
const NUMBER = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const RULES = new Intl.PluralRules(LOCALE);
const LIST = new Intl.ListFormat(LOCALE);

/** Most numbers of a page have no thousands to be parted. */
export const grouped = (count: number): string =>
  Number.isInteger(count) && count >= 0 && count < 1_000 ? String(count) : NUMBER.format(count);

/** "a", "a and b", "a, b and c". */
export const listed = (parts: readonly string[]): string => LIST.format(parts);

/** Facts on one line, those that are missing left out: "12 plays · 41 minutes". */
export const facts = (...known: readonly (string | null | undefined | false)[]): string =>
  known.filter((fact) => typeof fact === 'string' && fact !== '').join(' · ');

export const plural = (count: number, one: string, other = `${one}s`): string =>
  `${grouped(count)} ${RULES.select(count) === 'one' ? one : other}`;
