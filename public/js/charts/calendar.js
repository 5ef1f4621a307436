import { setType } from './text.js';

const DAY_MS = 86_400_000;
const SHORT_DATE = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

/** The number of a `YYYY-MM-DD`’s day. */
export const dayOf = (date) => Date.parse(`${date}T00:00:00Z`) / DAY_MS;

const LEAST_GAP_PX = 18;

/** Below a drawing: the first and the last day in words, and between them each year for which there is room. */
export function drawDates(
  { ctx, chartArea, scales },
  theme,
  words = (day) => SHORT_DATE.format(day * DAY_MS),
) {
  const { min, max } = scales.x;
  const y = chartArea.bottom + 20;
  setType(ctx, theme, { size: 12, colour: theme.soft });
  const [first, last] = [words(min), words(max)];
  let free = chartArea.left + ctx.measureText(first).width + LEAST_GAP_PX;
  const end = chartArea.right - ctx.measureText(last).width - LEAST_GAP_PX;
  ctx.fillText(first, chartArea.left, y);
  if (free > end + LEAST_GAP_PX) return;
  for (let year = new Date(min * DAY_MS).getUTCFullYear() + 1; ; year += 1) {
    const day = Date.UTC(year, 0, 1) / DAY_MS;
    if (day >= max) break;
    const x = scales.x.getPixelForValue(day);
    const width = ctx.measureText(String(year)).width;
    ctx.fillStyle = theme.rule;
    ctx.fillRect(x - 0.5, chartArea.bottom, 1, 5);
    if (x - width / 2 < free || x + width / 2 > end) continue;
    setType(ctx, theme, { size: 12, colour: theme.soft, align: 'center' });
    ctx.fillText(String(year), x, y);
    free = x + width / 2 + LEAST_GAP_PX;
  }
  setType(ctx, theme, { size: 12, colour: theme.soft, align: 'right' });
  ctx.fillText(last, chartArea.right, y);
}
