const LOCALE = 'en-GB';
const NUMBER = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const RULES = new Intl.PluralRules(LOCALE);

/** "1,872", to the whole. */
export const grouped = (count: number): string => NUMBER.format(count);

/** "1 track", "1,872 tracks". */
export const plural = (count: number, one: string, other = `${one}s`): string =>
  `${grouped(count)} ${RULES.select(count) === 'one' ? one : other}`;
