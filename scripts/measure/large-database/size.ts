import { grouped } from '../../print.ts';
import type { ParseArgsConfig } from 'node:util';
import { AppError } from '../../../src/errors.ts';
import { PLACES, RANGES } from './listening.ts';

/** How large an invented database is. The same size and seed give the same rows. */
export interface LargeDatabaseSize {
  readonly seed: number;
  readonly listeners: number;
  /** In the catalogue, shared by all listeners. */
  readonly tracks: number;
  /** Ranked places of all listeners together; rounded to whole lists. */
  readonly snapshots: number;
  /** The listener whose pages are looked at; part of the numbers above. */
  readonly observed: {
    readonly tracks: number;
    /** Days with three lists each. */
    readonly days: number;
  };
  /**
   * Plays of the track the observed listener played most, and of each other's; a fifth of it on an average. Default: 46
   * and 9.
   */
  readonly mostPlays?: { readonly observed: number; readonly others: number } | undefined;
}

/** Made in some seconds, and yet one listener's rows are few among all rows. */
export const DEFAULT_SIZE: LargeDatabaseSize = {
  seed: 1,
  listeners: 50,
  tracks: 10_000,
  snapshots: 150_000,
  observed: { tracks: 3_000, days: 500 },
};

/**
 * The size the app is to hold: ten million plays, 500,000 of ten years among them of one listener. Made in some twenty
 * minutes, some gigabytes.
 */
const FULL_SIZE: LargeDatabaseSize = {
  seed: 1,
  listeners: 2_000,
  tracks: 1_000_000,
  snapshots: 10_000_000,
  observed: { tracks: 25_000, days: 3_650 },
  mostPlays: { observed: 100, others: 58 },
};

export const SIZE_OPTIONS = {
  full: { type: 'boolean', default: false },
  listeners: { type: 'string' },
  tracks: { type: 'string' },
  snapshots: { type: 'string' },
  'observed-tracks': { type: 'string' },
  'observed-days': { type: 'string' },
  seed: { type: 'string' },
} as const satisfies ParseArgsConfig['options'];

/** What a command says of its size options. */
export const sizeUsage = (
  otherwise: LargeDatabaseSize,
): string => `[--full | --listeners N --tracks N --snapshots N --observed-tracks N --observed-days N] [--seed N]
--full: ${describeSize(FULL_SIZE)}. Default: ${describeSize(otherwise)}.`;

type SizeValues = { readonly [Option in keyof typeof SIZE_OPTIONS]?: string | boolean | undefined };

/** @throws AppError that names the number that is none, or says why the sizes do not fit together */
export function readSize(values: SizeValues, otherwise = DEFAULT_SIZE): LargeDatabaseSize {
  const base = values.full === true ? FULL_SIZE : otherwise;
  const read = (option: keyof SizeValues, usual: number): number => {
    const number = Number(values[option] ?? usual);
    if (Number.isSafeInteger(number) && number > 0) return number;
    throw new AppError(400, `--${option} must be a whole number from 1, not ${String(values[option])}`);
  };
  const size = {
    seed: read('seed', base.seed),
    listeners: read('listeners', base.listeners),
    tracks: read('tracks', base.tracks),
    snapshots: read('snapshots', base.snapshots),
    observed: {
      tracks: read('observed-tracks', base.observed.tracks),
      days: read('observed-days', base.observed.days),
    },
    mostPlays: base.mostPlays,
  };
  assertFits(size);
  return size;
}

function assertFits({ tracks, snapshots, observed }: LargeDatabaseSize): void {
  if (observed.tracks > tracks)
    throw new AppError(400, `the observed listener cannot have ${observed.tracks} of ${tracks} tracks`);
  const places = observedPlaces(observed);
  if (places > snapshots)
    throw new AppError(400, `the observed listener alone has ${places} of ${snapshots} snapshots`);
}

/** Rows of `snapshots` that are the observed listener's. */
export const observedPlaces = ({ tracks, days }: LargeDatabaseSize['observed']): number =>
  days * RANGES.length * Math.min(PLACES, tracks);

export function describeSize({ listeners, tracks, snapshots, observed }: LargeDatabaseSize): string {
  return (
    `${grouped(listeners)} listeners, ${grouped(tracks)} tracks, ${grouped(snapshots)} snapshots; ` +
    `the one observed has ${grouped(observed.tracks)} tracks and ${grouped(observed.days)} days`
  );
}
