const BARE = { display: false };
/** A little air, so that no point at an end is cut. */
const EDGE = { min: -0.03, max: 1.03 };

/** Points on the plane of valence (to the right) and energy (upwards), in the colour of their quadrant. */
export function scatter([{ data }], theme) {
  return {
    type: 'scatter',
    data: {
      datasets: [
        {
          data,
          pointRadius: 3.5,
          pointBorderColor: theme.paper,
          pointBorderWidth: 0.75,
          pointBackgroundColor: data.map((point) => colourOf(point, theme)),
        },
      ],
    },
    options: { scales: { x: { ...BARE, ...EDGE }, y: { ...BARE, ...EDGE } } },
    plugins: [
      { id: 'axes', beforeDatasetsDraw: (chart) => drawAxes(chart, theme) },
      { id: 'chosen', afterDatasetsDraw: (chart) => drawChosen(chart, theme) },
    ],
  };
}

function colourOf({ x, y }, theme) {
  if (y > 0.5) return x > 0.5 ? theme.parts[1].fill : theme.parts[0].fill;
  return x > 0.5 ? theme.parts[2].fill : theme.archive;
}

function drawAxes({ ctx, chartArea, scales }, theme) {
  ctx.fillStyle = theme.ink;
  ctx.fillRect(chartArea.left, scales.y.getPixelForValue(0.5) - 0.5, chartArea.width, 1);
  ctx.fillRect(scales.x.getPixelForValue(0.5) - 0.5, chartArea.top, 1, chartArea.height);
}

/** A ring around the point that is being read. */
function drawChosen(chart, theme) {
  const point = chart.getDatasetMeta(0).data[chart.chosen];
  if (!point) return;
  const { ctx } = chart;
  ctx.beginPath();
  ctx.arc(point.x, point.y, 8, 0, 2 * Math.PI);
  ctx.lineWidth = 2.5;
  ctx.strokeStyle = theme.ink;
  ctx.stroke();
}
