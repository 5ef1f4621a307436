import { dayOf, drawDates } from './calendar.js';
import { setType } from './text.js';

const BARE = { display: false };
const SHORT_MONTH = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric', timeZone: 'UTC' });
const DAY_MS = 86_400_000;

/** A share for each month as a column; months of which nothing is known (null) have no ground to stand on. */
export function months(series, theme) {
  const { labels, data } = series.at(-1);
  const days = labels.map((month) => dayOf(`${month}-01`));
  const highest = data.reduce((most, share) => Math.max(most, share ?? 0), 0);
  return {
    type: 'bar',
    data: {
      datasets: [
        {
          data: days.map((x, at) => ({ x, y: data[at] })),
          backgroundColor: data.map((share) => (share === highest ? theme.list : theme.archive)),
          barThickness: 'flex',
          categoryPercentage: 1,
          barPercentage: 0.78,
          maxBarThickness: 40,
        },
      ],
    },
    options: {
      layout: { padding: { left: 0, right: 0, top: 22, bottom: 28 } },
      scales: {
        x: { ...BARE, type: 'linear', offset: true, min: days[0] - 15, max: days.at(-1) + 15 },
        y: { ...BARE, min: 0, max: highest },
      },
    },
    plugins: [
      {
        id: 'ground',
        beforeDatasetsDraw: (chart) => drawGround(chart, { days, data }, theme),
        afterDatasetsDraw: (chart) => drawHighest(chart, { days, data, highest }, theme),
      },
    ],
  };
}

function drawGround(chart, { days, data }, theme) {
  const { ctx, chartArea, scales } = chart;
  days.forEach((day, at) => {
    if (data[at] === null) return;
    const [from, to] = [day - 15, day + 15.5].map((x) => scales.x.getPixelForValue(x));
    ctx.fillStyle = theme.ink;
    ctx.fillRect(
      Math.max(from, chartArea.left),
      chartArea.bottom,
      Math.min(to, chartArea.right) - Math.max(from, chartArea.left),
      1,
    );
  });
  drawDates(chart, theme, (day) => SHORT_MONTH.format((day + (day < days.at(-1) ? 15 : -15)) * DAY_MS));
}

function drawHighest({ ctx, chartArea, scales }, { days, data, highest }, theme) {
  const percent = highest * 100;
  const words = percent < 1 ? 'under 1%' : `${Math.round(percent)}%`;
  const x = scales.x.getPixelForValue(days[data.indexOf(highest)]);
  setType(ctx, theme, { weight: 700, align: 'center' });
  const half = ctx.measureText(words).width / 2;
  ctx.fillText(
    words,
    Math.min(Math.max(x, chartArea.left + half), chartArea.right - half),
    scales.y.getPixelForValue(highest) - 6,
  );
}
