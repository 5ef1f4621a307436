import { describe, expect, it } from 'vitest';
import { movementOf } from '../../src/snapshots/movement.ts';
import type { TopListEntry } from '../../src/snapshots/top-list.ts';

const entry = (fields: Partial<TopListEntry>): TopListEntry => ({
  track_id: 't',
  rank: 1,
  name: null,
  artists: [],
  artist_name: null,
  album_id: null,
  album_name: null,
  cover_seed: 't',
  art_url: null,
  thumbnail_url: null,
  spotify_url: null,
  previous_rank: null,
  last_seen_date: null,
  ...fields,
});

const february = { snapshotDate: '2026-02-28', previousDate: '2026-01-31' };
const lastTime = { last_seen_date: '2026-01-31' };

describe('a track’s movement', () => {
  it('is up or down by places', () => {
    expect(movementOf(entry({ rank: 2, previous_rank: 5, ...lastTime }), february)).toEqual({
      kind: 'up',
      places: 3,
    });
    expect(movementOf(entry({ rank: 100, previous_rank: 1, ...lastTime }), february)).toEqual({
      kind: 'down',
      places: 99,
    });
  });

  it('is the same at the same place', () => {
    expect(movementOf(entry({ rank: 4, previous_rank: 4, ...lastTime }), february)).toEqual({ kind: 'same' });
  });

  it('is new where it was never in the list before', () => {
    expect(movementOf(entry({}), february)).toEqual({ kind: 'new' });
  });

  it('is unknown in the first snapshot of all', () => {
    expect(movementOf(entry({}), { ...february, previousDate: null })).toEqual({ kind: 'unknown' });
  });

  it.each([
    ['now', { rank: null, previous_rank: 3 }],
    ['before', { rank: 3, previous_rank: null }],
    ['both times', { rank: null, previous_rank: null }],
  ])('is unknown where the rank is not known %s', (_when, ranks) => {
    expect(movementOf(entry({ ...ranks, ...lastTime }), february)).toEqual({ kind: 'unknown' });
  });

  it('is back also where its rank is not known', () => {
    expect(movementOf(entry({ rank: null, last_seen_date: '2025-12-28' }), february)).toEqual({
      kind: 'back',
      months: 2,
    });
  });
});

describe('the months a track was away', () => {
  it.each([
    ['2025-12-15', '2026-03-14', 2],
    ['2025-12-15', '2026-03-15', 3],
    ['2025-10-10', '2026-03-31', 5],
    ['2026-03-30', '2026-03-31', 0],
    ['2026-02-28', '2026-03-28', 1],
    // A month's last day ends it, however short the month.
    ['2026-01-31', '2026-02-28', 1],
    ['2024-01-31', '2024-02-29', 1],
    ['2024-01-31', '2024-02-28', 0],
    ['2025-08-31', '2025-11-30', 3],
    ['2025-12-31', '2026-03-01', 2],
    ['2024-02-29', '2025-02-28', 12],
    ['2023-12-31', '2025-12-31', 24],
  ])('from %s to %s are %i', (lastSeen, snapshotDate, months) => {
    const list = { snapshotDate, previousDate: snapshotDate };
    expect(movementOf(entry({ last_seen_date: lastSeen }), list)).toEqual({ kind: 'back', months });
  });
});
