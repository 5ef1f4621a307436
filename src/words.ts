const LOCALE = 'en-GB';
const NUMBER = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const RULES = new Intl.PluralRules(LOCALE);

export const grouped = (count: number): string => NUMBER.format(count);

export const plural = (count: number, one: string, other = `${one}s`): string =>
  `${grouped(count)} ${RULES.select(count) === 'one' ? one : other}`;
