/** Art that cannot be loaded gives way to the cover drawn for its album. */
function standIn(image) {
  const drawn = image.dataset.cover;
  if (!drawn) return;
  delete image.dataset.cover;
  image.classList.add('sleeve--drawn');
  image.src = drawn;
}

// `error` does not bubble, but it can be caught on its way down.
document.addEventListener(
  'error',
  (event) => event.target instanceof HTMLImageElement && standIn(event.target),
  {
    capture: true,
  },
);

for (const image of document.querySelectorAll('img[data-cover]')) {
  if (image.complete && image.naturalWidth === 0) standIn(image);
}
