import { fitted, setType } from './text.js';

const BARE = { display: false, stacked: true };

/** One bar per series cut into its shares of the whole, each part with its name and share in or on it. */
export function shares(series, theme) {
  const colours = coloursOf(series[0].labels, theme);
  const rows = series.map((one) => ({ ...one, total: one.data.reduce((sum, part) => sum + part, 0) }));
  return {
    type: 'bar',
    data: {
      labels: rows.map((row) => row.name),
      datasets: series[0].labels.map((label, part) => ({
        label,
        data: rows.map((row) => (row.total > 0 ? row.data[part] / row.total : 0)),
        backgroundColor: colours[part].fill,
        borderColor: theme.paper,
        borderWidth: { left: 0, right: 2 },
        borderSkipped: false,
        barThickness: 34,
      })),
    },
    options: {
      indexAxis: 'y',
      scales: { x: { ...BARE, min: 0, max: 1 }, y: BARE },
      layout: { padding: { top: 12 } },
    },
    plugins: [{ id: 'words', afterDatasetsDraw: (chart) => drawWords(chart, colours, theme) }],
  };
}

/** Of two parts the second is merely the rest. */
const coloursOf = (labels, theme) => (labels.length === 2 ? [theme.parts[0], theme.rest] : theme.parts);

function drawWords(chart, colours, theme) {
  const { ctx, data, chartArea } = chart;
  data.labels.forEach((name, row) => {
    setType(ctx, theme, { size: 12, colour: theme.soft });
    ctx.fillText(name, chartArea.left, chart.getDatasetMeta(0).data[row].y - 23);
  });
  data.datasets.forEach((dataset, part) => {
    chart.getDatasetMeta(part).data.forEach((bar, row) => {
      const room = bar.x - bar.base - 16;
      if (room < 24) return;
      const share = `${Math.round(dataset.data[row] * 100)}%`;
      setType(ctx, theme, { weight: 700, colour: colours[part].ink, baseline: 'middle' });
      const both = `${dataset.label} ${share}`;
      const words = ctx.measureText(both).width <= room ? both : fitted(ctx, share, room);
      ctx.fillText(words, bar.base + 9, bar.y + 1);
    });
  });
}
