/** Of every text, number and date. The layout hands it to scripts as the page's `lang`. */
export const LOCALE = 'en-GB';
const NUMBER = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const RULES = new Intl.PluralRules(LOCALE);

/** Most numbers of a page have no thousands to be parted. */
export const grouped = (count: number): string =>
  Number.isInteger(count) && count >= 0 && count < 1_000 ? String(count) : NUMBER.format(count);

export const plural = (count: number, one: string, other = `${one}s`): string =>
  `${grouped(count)} ${RULES.select(count) === 'one' ? one : other}`;
