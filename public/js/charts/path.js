import { wordAxis } from './axis.js';
import { setType } from './text.js';

const MONTH = new Intl.DateTimeFormat(document.documentElement.lang, {
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
/** Room at the right for what the lines are called. */
const NAMES_WIDTH = 92;

/** Two or more features month by month as lines with their names at the end; months without are gaps. */
export function path(series, theme) {
  const reach = reachOf(series.flatMap((one) => one.data));
  const colours = [theme.list, theme.archive];
  return {
    type: 'line',
    data: {
      labels: series[0].labels,
      datasets: series.map((one, at) => ({
        data: one.data,
        borderColor: colours[at],
        backgroundColor: colours[at],
        borderWidth: 2.5,
        borderJoinStyle: 'round',
        spanGaps: false,
        pointRadius: one.data.map((_, month) => (isAlone(one.data, month) ? 3.5 : 0)),
      })),
    },
    options: {
      layout: { padding: { right: NAMES_WIDTH, top: 10, left: 26 } },
      scales: {
        x: wordAxis(theme, {
          autoSkipPadding: 24,
          callback: (_, at) => monthName(series[0].labels[at]),
        }),
        y: { display: false, ...reach },
      },
    },
    plugins: [
      { id: 'middle', beforeDatasetsDraw: (chart) => drawLevels(chart, reach, theme) },
      { id: 'names', afterDatasetsDraw: (chart) => drawNames(chart, series, colours, theme) },
    ],
  };
}

const monthName = (label) => MONTH.format(new Date(`${label}-01T00:00:00Z`));
const isAlone = (data, at) =>
  data[at] !== null && (data[at - 1] ?? null) === null && (data[at + 1] ?? null) === null;

/** From the tenth below the lowest to the tenth above the highest, the middle of the scale always among them. */
function reachOf(values) {
  const known = [...values.filter((value) => value !== null), 0.5];
  return {
    min: Math.max(0, Math.floor(Math.min(...known) * 10 - 0.2) / 10),
    max: Math.min(1, Math.ceil(Math.max(...known) * 10 + 0.2) / 10),
  };
}

/** The middle, above which a feature counts as high, and the ends of the scale as far as it is shown. */
function drawLevels({ ctx, chartArea, scales }, { min, max }, theme) {
  for (const level of new Set([min, 0.5, max])) {
    const y = scales.y.getPixelForValue(level);
    ctx.fillStyle = theme.rule;
    ctx.fillRect(chartArea.left, y - 0.5, chartArea.width, level === min ? 0 : 1);
    setType(ctx, theme, { size: 12, colour: theme.soft, align: 'right', baseline: 'middle' });
    ctx.fillText(level.toFixed(1), chartArea.left - 8, y);
  }
}

const LINE_HEIGHT = 18;

function drawNames(chart, series, colours, theme) {
  const names = series
    .map((one, at) => ({ name: one.name, colour: colours[at], ...lastOf(chart, one.data) }))
    .filter(({ value }) => value !== undefined)
    .toSorted((one, other) => one.y - other.y);
  names.forEach((name, at) => {
    if (at > 0) name.y = Math.max(name.y, names[at - 1].y + LINE_HEIGHT);
    setType(chart.ctx, theme, { weight: 700, colour: name.colour, baseline: 'middle' });
    chart.ctx.fillText(`${name.name} ${name.value.toFixed(2)}`, chart.chartArea.right + 8, name.y);
  });
}

function lastOf(chart, data) {
  const at = data.findLastIndex((value) => value !== null);
  return at < 0 ? {} : { value: data[at], y: chart.scales.y.getPixelForValue(data[at]) };
}
