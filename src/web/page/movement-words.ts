import type { Movement } from '../../snapshots/movement.ts';
import { plural } from '../../words.ts';

export interface MovementLabel {
  readonly kind: Movement['kind'];
  /** What is seen, beside an arrow where the kind is up or down. Empty: nothing to show. */
  readonly short: string;
  /** The whole of it in words. */
  readonly words: string;
}

/** How a movement is shown and said. */
export function movementLabel(movement: Movement | undefined): MovementLabel {
  switch (movement?.kind) {
    case 'up':
    case 'down':
      return {
        kind: movement.kind,
        short: String(movement.places),
        words: `${movement.kind} ${plural(movement.places, 'place')}`,
      };
    case 'back': {
      const words = movement.months < 1 ? 'back' : `back after ${timeAway(movement.months)}`;
      return { kind: 'back', short: words, words };
    }
    case 'new':
      return { kind: 'new', short: 'new', words: 'new' };
    case 'same':
      return { kind: 'same', short: '–', words: 'unchanged' };
    case 'unknown':
    case undefined:
      break;
  }
  return { kind: 'unknown', short: '', words: '' };
}

function timeAway(months: number): string {
  return months < 24 ? plural(months, 'month') : plural(Math.floor(months / 12), 'year');
}

const TALLY = [
  ['new', 'new'],
  ['back', 'back'],
  ['up', 'up'],
  ['down', 'down'],
  ['same', 'unchanged'],
] as const;

/** How many entries of a list moved which way; empty for a list that has nothing to be compared with. */
export function movementTally(movements: readonly Movement[]): { words: string; count: number }[] {
  return TALLY.map(([kind, words]) => ({
    words,
    count: movements.filter((movement) => movement.kind === kind).length,
  })).filter(({ count }) => count > 0);
}
