/** The page's own colours and type, read at each drawing. */
export function readTheme() {
  const probe = document.body.appendChild(document.createElement('span'));
  const styles = getComputedStyle(probe);
  // A custom property reads as it is written, light-dark() and all; a colour is the one that is seen.
  const colour = (name) => {
    probe.style.color = `var(--${name})`;
    return styles.color;
  };
  const theme = {
    ink: colour('ink'),
    soft: colour('ink-soft'),
    rule: colour('rule'),
    paper: colour('paper'),
    accent: colour('accent'),
    list: colour('chart-list'),
    listFaint: colour('chart-list').replace(/^rgb\((.*)\)$/, 'rgba($1, 0.22)'),
    archive: colour('chart-archive'),
    parts: [1, 2, 3].map((part) => ({ fill: colour(`chart-${part}`), ink: colour(`chart-${part}-ink`) })),
    rest: { fill: colour('chart-quiet'), ink: colour('ink') },
    font: styles.getPropertyValue('--font-display').trim(),
  };
  probe.remove();
  return theme;
}

/** Calls back when the listener or the device changes between light and dark. */
export function onThemeChange(redraw) {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ['data-theme'] });
}
