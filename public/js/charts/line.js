import { dayOf, DAYS, drawTimes } from './calendar.js';
import { setType } from './text.js';

const BARE = { display: false };
const LEAST_DEPTH = 10;
/** More snapshots than this are a line; fewer are places that a line joins. */
const FEW = 60;

/** Ranks over time, number one on top. A snapshot without the track (null) breaks the line. */
export function line(series, theme) {
  const { labels, data } = series.at(-1);
  const days = labels.map(dayOf);
  const deepest = data.reduce((most, rank) => Math.max(most, rank ?? 0), LEAST_DEPTH);
  const stands = data.map(
    (rank, at) => rank !== null && (data[at - 1] ?? null) === null && (data[at + 1] ?? null) === null,
  );
  return {
    type: 'line',
    data: {
      datasets: [
        {
          data: days.map((x, at) => ({ x, y: data[at] })),
          borderColor: theme.list,
          borderWidth: 2.25,
          borderJoinStyle: 'round',
          spanGaps: false,
          pointRadius: data.map((_, at) => (stands[at] ? 3.5 : days.length <= FEW ? 3 : 0)),
          pointBackgroundColor: theme.list,
          pointBorderWidth: 0,
          clip: 6,
        },
      ],
    },
    options: {
      layout: { padding: { left: 34, right: 8, top: 10, bottom: 28 } },
      scales: {
        x: { ...BARE, type: 'linear', ...reach(days) },
        y: { ...BARE, reverse: true, min: 1, max: deepest },
      },
    },
    plugins: [{ id: 'ground', beforeDatasetsDraw: (chart) => drawGround(chart, { days, deepest }, theme) }],
  };
}

/** A single day still needs a place in the middle. */
const reach = (days) =>
  days.length > 1 ? { min: days[0], max: days.at(-1) } : { min: days[0] - 1, max: days[0] + 1 };

function drawGround(chart, { days, deepest }, theme) {
  const { ctx, chartArea, scales } = chart;
  for (const rank of [1, Math.round((1 + deepest) / 2), deepest]) {
    const y = scales.y.getPixelForValue(rank);
    ctx.fillStyle = theme.rule;
    ctx.fillRect(chartArea.left, y - 0.5, chartArea.width, 1);
    setType(ctx, theme, {
      size: 12,
      colour: theme.soft,
      align: 'right',
      baseline: 'middle',
      weight: rank === 1 ? 700 : 400,
    });
    ctx.fillText(String(rank), chartArea.left - 9, y);
  }
  drawTimes(chart, theme, { first: days[0], last: days.at(-1), counted: DAYS });
}
