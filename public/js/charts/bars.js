import { fitted, setType } from './text.js';

const BARE = { display: false };

/** A ranked list as thin bars: the name above its bar, the number at the end of the line. */
export function bars(series, theme) {
  const { labels, data } = series.at(-1);
  return {
    type: 'bar',
    data: {
      labels,
      datasets: [
        {
          data,
          backgroundColor: data.map((_, row) => (row === 0 ? theme.list : theme.archive)),
          barThickness: 7,
          minBarLength: 2,
        },
      ],
    },
    options: {
      indexAxis: 'y',
      layout: { padding: { top: 14 } },
      scales: { x: { ...BARE, min: 0, max: Math.max(...data) }, y: BARE },
    },
    plugins: [{ id: 'names', afterDatasetsDraw: (chart) => drawNames(chart, labels, data, theme) }],
  };
}

function drawNames(chart, labels, data, theme) {
  const { ctx, chartArea } = chart;
  chart.getDatasetMeta(0).data.forEach((bar, row) => {
    const y = bar.y - 10;
    setType(ctx, theme, { weight: 700, align: 'right' });
    ctx.fillText(String(data[row]), chartArea.right, y);
    setType(ctx, theme, { weight: row === 0 ? 700 : 400 });
    ctx.fillText(fitted(ctx, labels[row], chartArea.width - 60), chartArea.left, y);
  });
}
