/** Buttons that copy a text: `data-copy` names it by its id, `data-copied` is where it is said whether that worked. */
for (const button of document.querySelectorAll('[data-copy]')) {
  const { copy: id } = button.dataset;
  button.hidden = false;
  button.addEventListener('click', () => void copyAndSay(id));
}

async function copyAndSay(id) {
  const copied = await copy(document.getElementById(id));
  document.querySelector(`[data-copied="${id}"]`).textContent = copied
    ? 'Copied.'
    : 'Your browser did not copy it. The text is selected; please copy it yourself.';
}

/** Over plain http, as at home, a browser has no clipboard; the old command still works there. */
async function copy(element) {
  globalThis.getSelection().selectAllChildren(element);
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    return document.execCommand('copy');
  }
}
