/** A form that takes a while says so on its button and is sent once. */
document.addEventListener('submit', (event) => {
  const form = event.target;
  const words = form.dataset.busy;
  if (words === undefined) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = 'yes';
  const button = form.querySelector('button');
  button.dataset.words = button.textContent;
  button.setAttribute('aria-disabled', 'true');
  button.textContent = words;
});

/** A page brought back by the Back button is as it was before. */
window.addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll('form[data-sent]')) {
    const button = form.querySelector('button');
    delete form.dataset.sent;
    button.removeAttribute('aria-disabled');
    button.textContent = button.dataset.words;
  }
});
