import { isEver, periodValues, type Listener, type Period } from '../ranges/period.ts';
import { wayOfDays, type TopKind } from './played-in-period.ts';

/** How a span is read: what was played ever is kept as it is, and so are whole months. */
const WAYS = ['ever', 'days', 'months', 'period'] as const;
export type Way = (typeof WAYS)[number];

/** @returns the way, and the values it needs */
export const wayOf = (
  kind: TopKind,
  listener: Listener,
  span: Period,
): { way: Way; values: readonly unknown[] } =>
  isEver(span)
    ? { way: 'ever', values: [listener.user_id] }
    : { way: wayOfDays(kind, span), values: periodValues(listener, span) };

export const each = <Key extends string, Value>(keys: readonly Key[], value: (key: Key) => Value) =>
  Object.fromEntries(keys.map((key) => [key, value(key)])) as Readonly<Record<Key, Value>>;

/** Something for each way. */
export const everyWay = <Value>(make: (way: Way) => Value): Readonly<Record<Way, Value>> => each(WAYS, make);
