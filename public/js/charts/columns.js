import { setType } from './text.js';

const WHOLE = new Intl.NumberFormat('en-GB');

/** Columns that stand on one line, each under its number; the tallest in the accent. */
export function columns(series, theme) {
  const { labels, data } = series.at(-1);
  const tallest = Math.max(...data);
  return {
    type: 'bar',
    data: {
      labels,
      datasets: [
        {
          data,
          backgroundColor: data.map((value) => (value === tallest ? theme.list : theme.archive)),
          minBarLength: 2,
          categoryPercentage: 1,
          barPercentage: 0.82,
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
            autoSkip: true,
          },
        },
        y: { display: false, beginAtZero: true },
      },
    },
    plugins: [{ id: 'numbers', afterDatasetsDraw: (chart) => drawNumbers(chart, data, theme) }],
  };
}

function drawNumbers(chart, data, theme) {
  chart.getDatasetMeta(0).data.forEach((column, at) => {
    setType(chart.ctx, theme, { weight: 700, align: 'center' });
    chart.ctx.fillText(WHOLE.format(data[at]), column.x, column.y - 6);
  });
}
