/** Follows long work by server-sent events; where it comes to another state, the page shows what came of it. */
function follow(words) {
  const bar = document.querySelector('progress');
  const events = new EventSource(words.dataset.progress);
  const show = ({ data }) => {
    const progress = JSON.parse(data);
    if (progress?.state !== words.dataset.state) {
      events.close();
      globalThis.location.reload();
      return;
    }
    if (bar) bar.value = progress.handled;
    if (words.textContent !== progress.words) words.textContent = progress.words;
  };
  events.addEventListener('progress', show);
  events.addEventListener('end', (event) => {
    events.close();
    show(event);
  });
}

for (const words of document.querySelectorAll('[data-progress]')) follow(words);
