import '../behaviours/follow-progress.js';
import { drawCharts } from '../charts/draw.js';

const MOST_BYTES = 2 * 1024 ** 3;
const PERCENT = new Intl.NumberFormat(document.documentElement.lang, { style: 'percent' });

/** Sends a form's files, and says how much of them has arrived. */
function send(form, files) {
  const say = sayIn(form);
  const total = files.reduce((sum, file) => sum + file.size, 0);
  if (total > MOST_BYTES) return say('These files are larger than 2 GB. Import them in several steps.');
  const button = form.querySelector('button');
  const request = new XMLHttpRequest();
  const bar = Object.assign(document.createElement('progress'), { className: 'progress', max: 1, value: 0 });
  bar.setAttribute('aria-label', 'Uploaded');
  const end = (words) => {
    bar.remove();
    button.disabled = false;
    say(words);
  };
  request.upload.addEventListener('progress', ({ loaded }) => {
    bar.value = Math.min(1, loaded / (total || 1));
    say(bar.value < 1 ? `${PERCENT.format(bar.value)} uploaded.` : 'Uploaded. Reading…');
  });
  request.addEventListener('load', () => {
    const answer = request.response ?? {};
    if (request.status === 201) globalThis.location.assign(answer.path);
    else end(answer.error ?? 'The upload failed. Reload this page and try again.');
  });
  request.addEventListener('error', () =>
    end('The upload was interrupted. Nothing was saved. Please choose your files again.'),
  );
  button.disabled = true;
  button.before(bar);
  request.open('POST', form.action);
  request.responseType = 'json';
  request.setRequestHeader('Accept', 'application/json');
  request.send(bodyOf(form, files));
  return undefined;
}

/** The token goes first: nothing is read before it. */
function bodyOf(form, files) {
  const body = new FormData();
  body.append('_csrf', form.elements._csrf.value);
  for (const file of files) body.append('files', file, file.name);
  return body;
}

function sayIn(form) {
  const status = form.querySelector('[data-upload-words]');
  return (words) => void (status.textContent = words);
}

function takeDrops(form) {
  form.querySelector('[data-drop-words]').hidden = false;
  for (const name of ['dragover', 'dragleave', 'drop'])
    document.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.toggle('drop--over', name === 'dragover');
    });
  document.addEventListener('drop', ({ dataTransfer }) => {
    const files = [...dataTransfer.files];
    if (files.length > 0) send(form, files);
  });
}

for (const form of document.querySelectorAll('[data-upload]')) {
  takeDrops(form);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(form, [...form.elements.files.files]);
  });
}
await drawCharts(document);
