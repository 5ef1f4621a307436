import { setType } from './text.js';

const DAY_MS = 86_400_000;
const SHORT_DATE = new Intl.DateTimeFormat(document.documentElement.lang, {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const SHORT_MONTH = new Intl.DateTimeFormat(document.documentElement.lang, {
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

/** The number of a `YYYY-MM-DD`’s day. */
export const dayOf = (date) => Date.parse(`${date}T00:00:00Z`) / DAY_MS;

/** The number of a `YYYY-MM`’s month. */
export const monthOf = (month) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;

/** How a scale counts time: in words, and where a year begins on it. */
export const DAYS = {
  words: (day) => SHORT_DATE.format(day * DAY_MS),
  yearOf: (day) => new Date(day * DAY_MS).getUTCFullYear(),
  startOf: (year) => Date.UTC(year, 0, 1) / DAY_MS,
};
export const MONTHS = {
  words: (month) => SHORT_MONTH.format(Date.UTC(Math.floor(month / 12), month % 12, 1)),
  yearOf: (month) => Math.floor(month / 12),
  startOf: (year) => year * 12,
};

const LEAST_GAP_PX = 18;

/** Below a drawing: the first and the last time in words, and between them each year for which there is room. */
export function drawTimes({ ctx, chartArea, scales }, theme, { first, last, counted }) {
  const y = chartArea.bottom + 20;
  setType(ctx, theme, { size: 12, colour: theme.soft });
  ctx.fillText(counted.words(first), chartArea.left, y);
  let free = chartArea.left + ctx.measureText(counted.words(first)).width + LEAST_GAP_PX;
  const end = chartArea.right - ctx.measureText(counted.words(last)).width - LEAST_GAP_PX;
  if (free > end + LEAST_GAP_PX || first === last) return;
  for (let year = counted.yearOf(first) + 1; counted.startOf(year) <= last; year += 1) {
    const x = scales.x.getPixelForValue(counted.startOf(year));
    const half = ctx.measureText(String(year)).width / 2;
    ctx.fillStyle = theme.rule;
    ctx.fillRect(x - 0.5, chartArea.bottom + 1, 1, 5);
    if (x - half < free || x + half > end) continue;
    setType(ctx, theme, { size: 12, colour: theme.soft, align: 'center' });
    ctx.fillText(String(year), x, y);
    free = x + half + LEAST_GAP_PX;
  }
  setType(ctx, theme, { size: 12, colour: theme.soft, align: 'right' });
  ctx.fillText(counted.words(last), chartArea.right, y);
}
