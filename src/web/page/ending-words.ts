import type { Endings } from '../../listening/endings.ts';
import { formatNumber, formatPercent } from './format.ts';

/** "31 of 40 (78 %)": only figures that are known of any play. */
export function endingRows(endings: Endings): readonly { readonly term: string; readonly words: string }[] {
  const rows = [
    ['Played to the end', endings.ended, endings.end_known],
    ['Skipped', endings.skipped, endings.skip_known],
    ['On shuffle', endings.shuffled, endings.shuffle_known],
    ['Offline', endings.offline, endings.offline_known],
  ] as const;
  return rows
    .filter(([, , known]) => known > 0)
    .map(([term, count, known]) => ({
      term,
      words: `${formatNumber(count)} of ${formatNumber(known)} (${formatPercent(count, known)})`,
    }));
}
