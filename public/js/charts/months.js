import { drawTimes, MONTHS, monthOf } from './calendar.js';
import { setType } from './text.js';

const BARE = { display: false };

/** A share for each month as a column; months of which nothing is known (null) have no ground to stand on. */
export function months(series, theme) {
  const { labels, data } = series.at(-1);
  const times = labels.map(monthOf);
  const highest = data.reduce((most, share) => Math.max(most, share ?? 0), 0);
  const drawn = { times, data, highest };
  return {
    type: 'bar',
    data: {
      datasets: [
        {
          data: times.map((x, at) => ({ x, y: data[at] })),
          backgroundColor: data.map((share) => (share === highest ? theme.list : theme.archive)),
          barPercentage: 0.8,
          categoryPercentage: 1,
          maxBarThickness: 40,
        },
      ],
    },
    options: {
      layout: { padding: { top: 22, bottom: 28 } },
      scales: {
        x: { ...BARE, type: 'linear', offset: false, min: times[0] - 0.5, max: times.at(-1) + 0.5 },
        y: { ...BARE, min: 0, max: highest },
      },
    },
    plugins: [
      {
        id: 'words',
        beforeDatasetsDraw: (chart) => drawGround(chart, drawn, theme),
        afterDatasetsDraw: (chart) => drawHighest(chart, drawn, theme),
      },
    ],
  };
}

function drawGround(chart, { times, data }, theme) {
  const { ctx, chartArea, scales } = chart;
  ctx.fillStyle = theme.ink;
  times.forEach((time, at) => {
    if (data[at] === null) return;
    const [from, to] = [time - 0.5, time + 0.5].map((x) => scales.x.getPixelForValue(x));
    ctx.fillRect(from, chartArea.bottom, to - from, 1);
  });
  drawTimes(chart, theme, { first: times[0], last: times.at(-1), counted: MONTHS });
}

function drawHighest({ ctx, chartArea, scales }, { times, data, highest }, theme) {
  const words = highest < 0.01 ? 'under 1%' : `${Math.round(highest * 100)}%`;
  const x = scales.x.getPixelForValue(times[data.indexOf(highest)]);
  setType(ctx, theme, { weight: 700, align: 'center' });
  const half = ctx.measureText(words).width / 2;
  const inside = Math.min(Math.max(x, chartArea.left + half), chartArea.right - half);
  ctx.fillText(words, inside, scales.y.getPixelForValue(highest) - 6);
}
