import '../behaviours/letters-left.js';
import { drawCharts } from '../charts/draw.js';

const form = document.querySelector('[data-builder]');
const fields = ['name', 'description'];
const proposed = () =>
  Object.fromEntries(fields.map((id) => [id, document.getElementById(id)?.defaultValue]));

/** The options' page, fetched and shown in the place of this one's preview: the playlist is drawn as it is built. */
async function show(address) {
  const answer = await fetch(address);
  if (!answer.ok) {
    globalThis.location.assign(address); // It says what is wrong.
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const written = writtenByHand();
  document.querySelector('[data-preview]').replaceWith(page.querySelector('[data-preview]'));
  for (const [id, value] of written)
    if (document.getElementById(id)) document.getElementById(id).value = value;
  history.replaceState(null, '', address);
  await drawCharts(document.querySelector('[data-preview]'));
}

/** What the listener has written themselves stays, whatever is proposed for the new list. */
function writtenByHand() {
  const before = proposed();
  return fields
    .map((id) => [id, document.getElementById(id)?.value])
    .filter(([id, value]) => value !== undefined && value !== before[id]);
}

form.addEventListener('change', () => {
  if (!form.reportValidity()) return;
  void show(`${form.action}?${new URLSearchParams(new FormData(form))}`);
});

await drawCharts(document);
