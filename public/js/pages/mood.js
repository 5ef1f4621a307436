import { drawCharts } from '../charts/draw.js';

await drawCharts(document);

/** As near as this, in CSS pixels, the pointer means a track and not its quadrant. */
const REACH = { mouse: 12, pen: 16, touch: 24 };

const figure = document.getElementById('mood-map');
const canvas = figure?.querySelector('canvas');
if (canvas) enterMap(figure, canvas);

/** Tracks are read by pointing at them or step by step, and opened from there. */
function enterMap(map, drawing) {
  const plane = map.querySelector('.plane');
  const reader = map.querySelector('.plane__reader');
  const link = reader.querySelector('a');
  const [{ labels, data }] = JSON.parse(plane.querySelector('script').textContent);
  const chartNow = () => globalThis.Chart.getChart(drawing);
  let chosen = -1;

  function choose(at) {
    if (at === chosen) return;
    chosen = at;
    link.hidden = at < 0;
    if (at >= 0) {
      link.textContent = labels[at];
      link.href = `/tracks/${encodeURIComponent(data[at].trackId)}`;
    }
    chartNow().chosen = at;
    chartNow().draw();
  }

  function nearest(event) {
    const box = drawing.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let [best, distance] = [-1, REACH[event.pointerType] ?? REACH.mouse];
    chartNow()
      .getDatasetMeta(0)
      .data.forEach((point, at) => {
        const apart = Math.hypot(point.x - x, point.y - y);
        if (apart < distance) [best, distance] = [at, apart];
      });
    return best;
  }

  plane.addEventListener('pointermove', (event) => {
    if (event.pointerType === 'touch') return;
    choose(nearest(event));
    plane.classList.toggle('plane--on-track', chosen >= 0);
  });
  plane.addEventListener('click', (event) => {
    if (event.detail === 0) return; // A key was pressed on the quadrant's link itself.
    const at = nearest(event);
    if (at < 0) return;
    event.preventDefault();
    // A finger covers what it points at: the first tap reads, the name below opens.
    if (event.pointerType === 'touch') choose(at);
    else location.assign(`/tracks/${encodeURIComponent(data[at].trackId)}`);
  });
  for (const button of reader.querySelectorAll('button')) {
    button.addEventListener('click', () => {
      const step = Number(button.dataset.step);
      choose((chosen < 0 ? (step > 0 ? 0 : data.length - 1) : chosen + step + data.length) % data.length);
    });
  }
  reader.hidden = false;
  document.querySelector('.plane__help').hidden = false;
}
