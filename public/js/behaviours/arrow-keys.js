/** The left and right arrow keys follow the page's own links to what comes before and after. */
const RELATIONS = { ArrowLeft: 'prev', ArrowRight: 'next' };

/** Where an arrow key already means something. */
const BUSY = 'input, select, textarea, [contenteditable], [role="region"][tabindex]';

document.addEventListener('keydown', (event) => {
  const relation = RELATIONS[event.key];
  if (!relation || event.defaultPrevented || event.repeat) return;
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target instanceof Element && event.target.closest(BUSY)) return;
  document.querySelector(`a[rel="${relation}"]`)?.click();
});
