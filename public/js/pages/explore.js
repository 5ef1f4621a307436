/** Where there is room beside the tracks, the filters stand open. */
if (matchMedia('(min-width: 62rem)').matches) {
  for (const group of document.querySelectorAll('.filters')) group.open = true;
}
