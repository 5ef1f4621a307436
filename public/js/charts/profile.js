import { setType } from './text.js';

const BARE = { display: false };
const ROW_TOP = 22;

/** Averages as dots on a line from 0 to 1: the list filled, the archive as a ring, both with their number. */
export function profile(series, theme) {
  const [archive, list] = [series.at(-1), series.length > 1 ? series[0] : null];
  const ring = { pointBackgroundColor: theme.paper, pointBorderColor: theme.archive, pointBorderWidth: 2.5 };
  const disc = { pointBackgroundColor: theme.list, pointBorderColor: theme.list };
  return {
    type: 'scatter',
    data: { datasets: list ? [dots(list, disc), dots(archive, ring)] : [dots(archive, ring)] },
    options: {
      layout: { padding: { left: 10, right: 10, top: ROW_TOP, bottom: 30 } },
      scales: {
        x: { ...BARE, min: 0, max: 1 },
        y: { ...BARE, min: -0.35, max: archive.labels.length - 0.65, reverse: true },
      },
    },
    plugins: [
      { id: 'lines', beforeDatasetsDraw: (chart) => drawLines(chart, archive.labels, theme) },
      names(series, theme),
    ],
  };
}

const dots = (one, style) => ({
  data: one.data.map((value, row) => ({ x: value, y: row })).filter((dot) => dot.x !== null),
  pointRadius: 7,
  ...style,
});

function drawLines({ ctx, scales, chartArea }, labels, theme) {
  labels.forEach((label, row) => {
    const y = scales.y.getPixelForValue(row);
    ctx.fillStyle = theme.rule;
    ctx.fillRect(chartArea.left, y - 0.5, chartArea.width, 1);
    setType(ctx, theme, { weight: 600 });
    ctx.fillText(label, chartArea.left - 10, y - 15);
  });
  const foot = chartArea.bottom + 22;
  setType(ctx, theme, { size: 12, colour: theme.soft });
  ctx.fillText('0', chartArea.left - 4, foot);
  setType(ctx, theme, { size: 12, colour: theme.soft, align: 'right' });
  ctx.fillText('1', chartArea.right + 4, foot);
}

/** Numbers above the line for the list, below it for the archive; the first dot of each says which it is. */
function names(series, theme) {
  return {
    id: 'names',
    afterDatasetsDraw(chart) {
      chart.data.datasets.forEach((dataset, at) => {
        const isList = chart.data.datasets.length > 1 && at === 0;
        setType(chart.ctx, theme, { weight: 700, colour: isList ? theme.accent : theme.ink });
        dataset.data.forEach(({ x, y }, dot) => {
          const words = dot === 0 ? `${x.toFixed(2)} ${series[at].name.toLowerCase()}` : x.toFixed(2);
          const rightmost = chart.width - chart.ctx.measureText(words).width;
          const left = Math.min(chart.scales.x.getPixelForValue(x) - 8, rightmost);
          chart.ctx.fillText(words, left, chart.scales.y.getPixelForValue(y) + (isList ? -13 : 23));
        });
      });
    },
  };
}
