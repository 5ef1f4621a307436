import { wordAxis } from './axis.js';
import { fitted, setType } from './text.js';

const FOCUS = 10;
/** Places beyond the tenth stand this much closer together. */
const BEYOND = 8;
const LABEL_GAP = 19;

/** The way of ten tracks through the places of a list: the first three in colour, each named at its end. */
export function bump(series, theme) {
  const lowest = Math.max(FOCUS, ...series.flatMap(({ data }) => data).filter((place) => place !== null));
  return {
    type: 'line',
    data: {
      labels: series[0].labels,
      datasets: series.map(({ data }, place) => ({
        data: data.map((position) => (position === null ? null : heightOf(position))),
        ...strokeOf(place, theme),
        pointRadius: place < 3 ? 4 : 2.5,
        order: place,
      })),
    },
    options: {
      layout: { padding: (context) => ({ top: 8, left: 26, right: labelWidth(context.chart.width) }) },
      scales: {
        x: wordAxis(theme, { autoSkipPadding: 12 }),
        y: { display: false, reverse: true, min: 0.5, max: heightOf(lowest) + 0.6 },
      },
    },
    plugins: [
      { id: 'places', beforeDatasetsDraw: (chart) => drawPlaces(chart, lowest, theme) },
      { id: 'names', afterDatasetsDraw: (chart) => drawNames(chart, series, theme) },
    ],
  };
}

const heightOf = (place) => (place <= FOCUS ? place : FOCUS + 0.5 + (place - FOCUS) / BEYOND);

const labelWidth = (width) => Math.min(260, width * 0.42);

function strokeOf(place, theme) {
  const colour = [theme.list, theme.parts[2].fill, theme.parts[1].fill][place] ?? theme.soft;
  return {
    borderColor: colour,
    backgroundColor: colour,
    borderWidth: place < 3 ? 3 : 1.25,
  };
}

/** The numbers of the first, fifth and tenth place, and the line below which places stand closer. */
function drawPlaces({ ctx, scales, chartArea }, lowest, theme) {
  setType(ctx, theme, { size: 12, colour: theme.soft, align: 'right', baseline: 'middle' });
  for (const place of [1, 5, FOCUS])
    ctx.fillText(String(place), chartArea.left - 10, scales.y.getPixelForValue(place));
  if (lowest <= FOCUS) return;
  const y = scales.y.getPixelForValue(FOCUS + 0.5);
  ctx.fillStyle = theme.rule;
  ctx.fillRect(chartArea.left, y - 0.5, chartArea.width, 1);
}

/** Names stand where their lines end, pushed down where two would stand on one another. */
function drawNames(chart, series, theme) {
  const { ctx, chartArea } = chart;
  const ends = series.map(({ name }, place) => {
    const points = chart.getDatasetMeta(place).data.filter((point) => !point.skip);
    return { name, place, end: points.at(-1) };
  });
  const labels = ends.filter(({ end }) => end).toSorted((a, b) => a.end.y - b.end.y);
  let free = chartArea.top;
  const ys = labels.map(({ end }) => {
    const y = Math.max(end.y, free);
    free = y + LABEL_GAP;
    return y;
  });
  const over = Math.max(0, free - LABEL_GAP - chartArea.bottom);
  labels.forEach(({ name, place, end }, index) => {
    const y = pulledUp(ys, index, over);
    drawLead(ctx, theme, { x: end.x + 6, y: end.y }, { x: chartArea.right + 10, y });
    const weight = place < 3 ? 700 : 400;
    setType(ctx, theme, { weight, baseline: 'middle', colour: place === 0 ? theme.accent : theme.ink });
    const words = `${place + 1}  ${name}`;
    ctx.fillText(fitted(ctx, words, chart.width - chartArea.right - 16), chartArea.right + 14, y);
  });
}

/** What does not fit at the foot moves everything above it up as far as it must. */
const pulledUp = (ys, index, over) => {
  const last = ys.at(-1) - over;
  return Math.min(ys[index], last - (ys.length - 1 - index) * LABEL_GAP);
};

function drawLead(ctx, theme, from, to) {
  ctx.strokeStyle = theme.rule;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(from.x, from.y);
  ctx.lineTo(to.x, to.y);
  ctx.stroke();
}
