import { setType } from './text.js';

const WHOLE = new Intl.NumberFormat('en-GB');

/** Many thin columns on one line: a rhythm rather than numbers. Only the tallest, in the accent, says its own. */
export function strip(series, theme) {
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
          barPercentage: 0.8,
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
            autoSkipPadding: 24,
          },
        },
        y: { display: false, beginAtZero: true },
      },
    },
    plugins: [{ id: 'tallest', afterDatasetsDraw: (chart) => drawTallest(chart, tallest, theme) }],
  };
}

function drawTallest(chart, at, theme) {
  const column = chart.getDatasetMeta(0).data[at];
  const text = WHOLE.format(chart.data.datasets[0].data[at]);
  setType(chart.ctx, theme, { weight: 700, align: 'center' });
  const half = chart.ctx.measureText(text).width / 2;
  const { left, right } = chart.chartArea;
  chart.ctx.fillText(text, Math.min(right - half, Math.max(left + half, column.x)), column.y - 6);
}
