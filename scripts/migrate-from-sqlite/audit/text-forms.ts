import { isDay, parseInstant } from '../read/instants.ts';
import { readJson } from './json-text.ts';

/** A text has exactly one form. */
export type TextForm =
  | 'empty'
  | 'YYYY'
  | 'YYYY-MM'
  | 'YYYY-MM-DD'
  | 'no day of the calendar'
  | 'time with a zone'
  | 'time without a zone'
  | 'time finer than microseconds'
  | 'whole number'
  | 'whole number beyond 64 bits'
  | 'decimal number'
  | 'true or false'
  | 'JSON object'
  | 'JSON array'
  | 'JSON with repeated keys'
  | 'broken JSON'
  | 'with a NUL character'
  | 'other text';

const MAX_BIGINT = 9_223_372_036_854_775_807n;
export const isBigint = (value: bigint): boolean => value <= MAX_BIGINT && value >= -MAX_BIGINT - 1n;

export function formOf(text: string): TextForm {
  if (text === '') return 'empty';
  if (text.includes('\0')) return 'with a NUL character';
  if (/^[-+\d]/.test(text)) return formOfNumber(text);
  if (/^\s*[{[]/.test(text)) return formOfJson(text);
  return /^(?:true|false)$/i.test(text) ? 'true or false' : 'other text';
}

function formOfNumber(text: string): TextForm {
  if (/^[12]\d{3}$/.test(text)) return 'YYYY';
  if (/^\d{4}-\d\d$/.test(text)) return isDay(`${text}-01`) ? 'YYYY-MM' : 'no day of the calendar';
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return isDay(text) ? 'YYYY-MM-DD' : 'no day of the calendar';
  if (/^-?(?:0|[1-9]\d*)$/.test(text) && text !== '-0')
    return text.length < 19 || (text.length < 21 && isBigint(BigInt(text)))
      ? 'whole number'
      : 'whole number beyond 64 bits';
  if (/^[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?$/i.test(text)) return 'decimal number';
  if (!/[:]/.test(text)) return 'other text';
  const instant = parseInstant(text);
  if (instant === null) return isFiner(text) ? 'time finer than microseconds' : 'other text';
  return /[+-]\d\d:\d\d$/.test(instant) ? 'time with a zone' : 'time without a zone';
}

const isFiner = (text: string): boolean => parseInstant(text.replace(/^(.{19}\.\d{6})\d+/, '$1')) !== null;

function formOfJson(text: string): TextForm {
  try {
    JSON.parse(text);
  } catch {
    return 'broken JSON';
  }
  if (readJson(text).repeatedKeys) return 'JSON with repeated keys';
  return text.trimStart().startsWith('{') ? 'JSON object' : 'JSON array';
}
