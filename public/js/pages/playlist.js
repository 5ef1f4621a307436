import '../behaviours/letters-left.js';
import { drawCharts } from '../charts/draw.js';

/** Follows a sending to Spotify; at its end the page shows what came of it. */
function follow(bar) {
  const words = document.querySelector('[data-progress-words]');
  const events = new EventSource(bar.dataset.progress);
  events.addEventListener('progress', ({ data }) => {
    const progress = JSON.parse(data);
    bar.value = progress.handled;
    if (words.textContent !== progress.words) words.textContent = progress.words;
  });
  events.addEventListener('end', () => {
    events.close();
    globalThis.location.reload();
  });
}

for (const bar of document.querySelectorAll('[data-progress]')) follow(bar);
await drawCharts(document);
