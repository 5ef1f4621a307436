import { bars } from './bars.js';
import { bump } from './bump.js';
import { columns, histogram, strip } from './columns.js';
import { course } from './course.js';
import { line } from './line.js';
import { months } from './months.js';
import { path } from './path.js';
import { profile } from './profile.js';
import { radar } from './radar.js';
import { scatter } from './scatter.js';
import { shares } from './shares.js';
import { onThemeChange, readTheme } from './theme.js';

/** Each makes a Chart.js configuration of `[{name, labels, data}]`, the list first and the whole archive last. */
const KINDS = {
  bars,
  bump,
  columns,
  course,
  histogram,
  line,
  months,
  path,
  profile,
  radar,
  scatter,
  shares,
  strip,
};

/** Draws every chart below a root, and again when the theme changes. */
export async function drawCharts(root) {
  const holders = [...root.querySelectorAll('[data-chart]')];
  if (!globalThis.Chart) {
    for (const holder of holders) holder.hidden = true; // The tables stand alone, as without scripts.
    return;
  }
  // A canvas keeps what it was drawn with: the face must be there first.
  await Promise.allSettled([400, 600, 700].map((weight) => document.fonts.load(`${weight} 13px Archivo`)));
  const drawings = await Promise.all(holders.map(start));
  onThemeChange(() => drawings.forEach((redraw) => redraw()));
}

const BAR_ROW_REM = 2.7;

async function start(holder) {
  const series = await readSeries(holder).catch(() => null);
  if (series === null) {
    holder.hidden = true;
    return () => undefined;
  }
  const canvas = document.createElement('canvas');
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-labelledby', holder.dataset.labelledBy);
  holder.append(canvas);
  if (holder.dataset.chart === 'bars')
    holder.style.blockSize = `${series.at(-1).labels.length * BAR_ROW_REM}rem`;
  let chart = null;
  const redraw = () => {
    chart?.destroy();
    const { options, ...rest } = KINDS[holder.dataset.chart](series, readTheme());
    chart = new globalThis.Chart(canvas, { ...rest, options: { ...QUIET, ...options } });
  };
  redraw();
  return redraw;
}

/** They stand after the drawing; what is long is fetched first, where there is somebody to draw it. */
async function readSeries({ nextElementSibling: holder, dataset: { from } }) {
  if (from) {
    const answer = await fetch(from);
    if (!answer.ok) throw new Error(`${from} answers ${answer.status}`);
    holder.textContent = JSON.stringify([await answer.json()]);
  }
  return JSON.parse(holder.textContent);
}

/** Everything there is to know is written on the drawing: nothing moves, nothing pops up. */
const QUIET = {
  animation: false,
  events: [],
  maintainAspectRatio: false,
  plugins: { legend: { display: false }, tooltip: { enabled: false }, title: { display: false } },
};
