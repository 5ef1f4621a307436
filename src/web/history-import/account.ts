import type { Account } from '../../history-import/account.ts';
import { KEPT } from '../../history-import/buckets.ts';
import type { HistoryImport } from '../../history-import/imports.ts';
import { chartTable, type Chart } from '../page/findings.ts';
import { formatNumber, plural } from '../page/format.ts';
import { ALL_BUCKETS, bucketFate, bucketName } from './words.ts';

const MOST_FILES_SHOWN = 100;

/** What an import comes to, for its page. */
export function describeImport(found: HistoryImport) {
  const { account, files } = found;
  const withFaults = files.filter(({ faults }) => faults.length > 0);
  const shown = files.toSorted(
    (one, other) => Number(one.faults.length === 0) - Number(other.faults.length === 0),
  );
  return {
    counts: found.counts,
    kept: KEPT.reduce((sum, bucket) => sum + (found.counts[bucket] ?? 0), 0),
    buckets: ALL_BUCKETS.filter((bucket) => (found.counts[bucket] ?? 0) > 0).map((bucket) => ({
      bucket,
      name: bucketName(bucket),
      fate: bucketFate(bucket),
      rows: found.counts[bucket] ?? 0,
      examples: account?.examples.filter((example) => example.bucket === bucket) ?? [],
    })),
    chart: account && yearsChart(account),
    files: shown.slice(0, MOST_FILES_SHOWN),
    moreFiles: Math.max(0, files.length - MOST_FILES_SHOWN),
    withFaults: withFaults.length,
    unopened: files.filter(({ isOpened }) => !isOpened).length,
  };
}

/** Every year from the first to the last, silent ones too. */
function yearsChart({ years }: Account): Chart | null {
  const [first, last] = [years[0], years.at(-1)];
  if (first === undefined || last === undefined) return null;
  const plays = new Map(years.map((one) => [one.year, one.plays]));
  const span = Array.from({ length: last.year - first.year + 1 }, (_, n) => first.year + n);
  const series = [
    { name: 'New plays', labels: span.map(String), data: span.map((year) => plays.get(year) ?? 0) },
  ];
  const best = years.reduce((fullest, one) => (one.plays > fullest.plays ? one : fullest));
  return {
    id: 'plays-by-year',
    kind: 'histogram',
    heading: 'New plays by year',
    finding: `Most in ${best.year}: ${formatNumber(best.plays)} of ${plural(
      years.reduce((sum, one) => sum + one.plays, 0),
      'play',
    )}.`,
    note: 'Years are in UTC, as in the files.',
    series,
    table: chartTable(series, 'Year'),
  };
}
