/** Sets words on a canvas in the page's face. */
export function setType(
  context,
  theme,
  { size = 13, weight = 400, colour = theme.ink, align = 'left', baseline = 'alphabetic' },
) {
  context.font = `${weight} ${size}px ${theme.font}`;
  context.fillStyle = colour;
  context.textAlign = align;
  context.textBaseline = baseline;
}

/** As much of a text as fits, with an ellipsis where it does not. */
export function fitted(context, text, width) {
  if (context.measureText(text).width <= width) return text;
  const letters = [...text];
  while (letters.length > 1 && context.measureText(`${letters.join('')}…`).width > width) letters.pop();
  return `${letters.join('').trimEnd()}…`;
}
