import { setType } from './text.js';

/** Features from 0 (the middle) to 1 (the rim): one's own shape filled, the average it is held against a line. */
export function radar(series, theme) {
  const [own, average] = [series[0], series.at(-1)];
  return {
    type: 'radar',
    data: {
      labels: own.labels,
      datasets: [
        {
          data: own.data,
          borderColor: theme.list,
          borderWidth: 2.5,
          backgroundColor: theme.listFaint,
          pointRadius: 4,
          pointBackgroundColor: theme.list,
          pointBorderWidth: 0,
        },
        {
          data: average.data,
          borderColor: theme.archive,
          borderWidth: 1.5,
          borderDash: [4, 4],
          fill: false,
          pointRadius: 0,
        },
      ],
    },
    options: {
      layout: { padding: { top: 4, bottom: 26 } },
      scales: {
        r: {
          min: 0,
          max: 1,
          ticks: { display: false, stepSize: 0.5 },
          grid: { color: theme.rule },
          angleLines: { color: theme.rule },
          pointLabels: {
            color: theme.ink,
            font: { family: theme.font, size: 12, weight: 600 },
            callback: (label, at) => [label, own.data[at].toFixed(2)],
          },
        },
      },
    },
    plugins: [{ id: 'key', afterDatasetsDraw: (chart) => drawKey(chart, [own.name, average.name], theme) }],
  };
}

/** Under the drawing, which line is whose, each beside a piece of it. */
function drawKey({ ctx, width, height }, [own, average], theme) {
  const y = height - 8;
  setType(ctx, theme, { weight: 700, colour: theme.accent });
  const [ownWidth, averageWidth] = [own, average].map((words) => ctx.measureText(words).width);
  const left = (width - ownWidth - averageWidth - 92) / 2;
  stroke(ctx, [left, y - 4], { colour: theme.list, thickness: 3, dash: [] });
  ctx.fillText(own, left + 30, y);
  stroke(ctx, [left + ownWidth + 54, y - 4], { colour: theme.archive, thickness: 1.5, dash: [4, 4] });
  setType(ctx, theme, { weight: 400 });
  ctx.fillText(average, left + ownWidth + 84, y);
}

function stroke(ctx, [x, y], { colour, thickness, dash }) {
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.lineWidth = thickness;
  ctx.setLineDash(dash);
  ctx.beginPath();
  ctx.moveTo(x, y);
  ctx.lineTo(x + 24, y);
  ctx.stroke();
  ctx.restore();
}
