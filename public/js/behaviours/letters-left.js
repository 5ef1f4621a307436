/** Says below a field how many characters are left of its limit. */
document.addEventListener('input', ({ target }) => {
  const limit = Number(target.dataset?.limit);
  if (!limit) return;
  const words = document.querySelector(`[data-left="${target.id}"]`);
  const left = limit - target.value.length;
  words.textContent = String(Math.max(0, left));
  target.setCustomValidity(left < 0 ? `Too long by ${-left}.` : '');
});
