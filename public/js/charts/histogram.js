import { setType } from './text.js';

const WHOLE = new Intl.NumberFormat('en-GB');

/** Columns side by side over a scale; the tallest in the accent and under its number. */
export function histogram(series, theme) {
  const { labels, data } = series.at(-1);
  const tallest = data.indexOf(Math.max(...data));
  return {
    type: 'bar',
    data: {
      labels,
      datasets: [
        {
          data,
          backgroundColor: data.map((_, at) => (at === tallest ? theme.list : theme.archive)),
          categoryPercentage: 1,
          barPercentage: 0.92,
        },
      ],
    },
    options: {
      layout: { padding: { top: 22 } },
      scales: {
        x: {
          grid: { display: false },
          border: { color: theme.ink },
          ticks: {
            color: theme.soft,
            font: { family: theme.font, size: 12 },
            maxRotation: 0,
            autoSkipPadding: 6,
          },
        },
        y: { display: false, beginAtZero: true },
      },
    },
    plugins: [{ id: 'number', afterDatasetsDraw: (chart) => drawNumber(chart, tallest, data, theme) }],
  };
}

function drawNumber(chart, tallest, data, theme) {
  const column = chart.getDatasetMeta(0).data[tallest];
  if (!column) return;
  setType(chart.ctx, theme, { weight: 700, align: 'center' });
  chart.ctx.fillText(WHOLE.format(data[tallest]), column.x, column.y - 6);
}
