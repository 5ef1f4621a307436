import { setType } from './text.js';

const BARE = { display: false };

/** A line from the first step to the last, 0 at the foot and 1 at the top; what is not known leaves a gap. */
export function course(series, theme) {
  const { labels, data } = series.at(-1);
  const alone = data.filter((value) => value !== null).length === 1;
  return {
    type: 'line',
    data: {
      labels,
      datasets: [
        {
          data,
          borderColor: theme.list,
          borderWidth: 2.5,
          pointRadius: alone || labels.length <= 30 ? 3.5 : 0,
          pointBackgroundColor: theme.list,
          pointBorderWidth: 0,
        },
      ],
    },
    options: {
      layout: { padding: { left: 18, right: 8, top: 8, bottom: 20 } },
      scales: { x: BARE, y: { ...BARE, min: 0, max: 1 } },
    },
    plugins: [{ id: 'frame', beforeDatasetsDraw: (chart) => drawFrame(chart, labels, theme) }],
  };
}

function drawFrame({ ctx, scales, chartArea }, labels, theme) {
  for (const value of [0, 0.5, 1]) {
    const y = scales.y.getPixelForValue(value);
    ctx.fillStyle = value === 0 ? theme.ink : theme.rule;
    ctx.fillRect(chartArea.left, y - 0.5, chartArea.width, 1);
    setType(ctx, theme, { size: 12, colour: theme.soft, align: 'right', baseline: 'middle' });
    ctx.fillText(value === 0.5 ? '.5' : String(value), chartArea.left - 6, y);
  }
  const foot = chartArea.bottom + 17;
  setType(ctx, theme, { size: 12, colour: theme.soft });
  ctx.fillText('first', chartArea.left, foot);
  setType(ctx, theme, { size: 12, colour: theme.soft, align: 'right' });
  ctx.fillText(labels.length > 1 ? 'last' : '', chartArea.right, foot);
}
