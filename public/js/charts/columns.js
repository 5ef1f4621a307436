import { wordAxis } from './axis.js';
import { setType } from './text.js';

const WHOLE = new Intl.NumberFormat(document.documentElement.lang);

/** Columns that stand on one line, each under its number; the tallest in the accent. */
export const columns = (series, theme) =>
  standing(series, theme, {
    bar: { barPercentage: 0.82, minBarLength: 2 },
    ticks: {},
    isNumbered: () => true,
  });

/** Columns side by side over a scale; only the tallest says its number. */
export const histogram = (series, theme) =>
  standing(series, theme, { bar: { barPercentage: 0.92 }, ticks: { autoSkipPadding: 6 } });

/** Many thin columns: a rhythm rather than numbers. */
export const strip = (series, theme) =>
  standing(series, theme, { bar: { barPercentage: 0.8 }, ticks: { autoSkipPadding: 24 } });

function standing(series, theme, { bar, ticks, isNumbered = (_, at, tallest) => at === tallest }) {
  const { labels, data } = series.at(-1);
  const most = Math.max(...data);
  const tallest = data.indexOf(most);
  const colours = data.map((value) => (value === most && value > 0 ? theme.list : theme.archive));
  const numbered = data.map((value, at) => isNumbered(value, at, tallest));
  return {
    type: 'bar',
    data: {
      labels,
      datasets: [{ data, backgroundColor: colours, categoryPercentage: 1, ...bar }],
    },
    options: {
      layout: { padding: { top: 22 } },
      scales: { x: wordAxis(theme, ticks), y: { display: false, beginAtZero: true } },
    },
    plugins: [{ id: 'numbers', afterDatasetsDraw: (chart) => drawNumbers(chart, { data, numbered }, theme) }],
  };
}

function drawNumbers(chart, { data, numbered }, theme) {
  const { ctx, chartArea } = chart;
  chart.getDatasetMeta(0).data.forEach((column, at) => {
    if (!numbered[at]) return;
    const words = WHOLE.format(data[at]);
    setType(ctx, theme, { weight: 700, align: 'center' });
    // A number wider than its column stays on the drawing.
    const half = ctx.measureText(words).width / 2;
    const x = Math.min(chartArea.right - half, Math.max(chartArea.left + half, column.x));
    ctx.fillText(words, x, column.y - 6);
  });
}
