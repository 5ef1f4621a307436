/** Tries an endpoint with the token that was pasted in. It goes no further than the request: no cookie is sent along. */
const token = document.getElementById('token');

for (const hidden of document.querySelectorAll('[data-token-field], [data-try]')) hidden.hidden = false;

for (const place of document.querySelectorAll('[data-try]')) {
  place.querySelector('button').addEventListener('click', () => void send(place));
}

async function send(place) {
  const status = place.querySelector('[role="status"]');
  const shown = place.querySelector('pre');
  if (token.value.trim() === '') {
    status.textContent = 'Paste a token into the field above first.';
    token.focus();
    return;
  }
  status.textContent = 'Sending…';
  try {
    const answer = await fetch(...requestOf(place));
    status.textContent = `${answer.status}, ${answer.headers.get('RateLimit') ?? 'no limit'}`;
    shown.textContent = await textOf(answer);
    shown.hidden = false;
  } catch {
    status.textContent = 'The app could not be reached, or this is not a valid token.';
  }
}

function requestOf(place) {
  const { method, template } = place.dataset;
  const query = new URLSearchParams();
  let address = template;
  for (const { name, value, dataset } of place.querySelectorAll('[data-in]')) {
    if (dataset.in === 'path') address = address.replace(`:${name}`, encodeURIComponent(value));
    else if (dataset.in === 'query' && value !== '') query.append(name, value);
  }
  const body = place.querySelector('[data-in="body"]')?.value;
  const headers = { Authorization: `Bearer ${token.value.trim()}` };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const asked = query.size > 0 ? `${address}?${query}` : address;
  return [asked, { method, headers, body, credentials: 'omit', cache: 'no-store' }];
}

const MOST_SHOWN = 20_000;

async function textOf(answer) {
  if (!/json/.test(answer.headers.get('Content-Type') ?? '')) return 'This is a file. Use curl to get it.';
  const text = await answer.text();
  if (text === '') return 'The answer is empty.';
  const written = JSON.stringify(JSON.parse(text), null, 2);
  return written.length > MOST_SHOWN ? `${written.slice(0, MOST_SHOWN)}\n…` : written;
}
