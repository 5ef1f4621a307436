/** The page's own colours and type, read anew at each drawing. */
export function readTheme() {
  const styles = getComputedStyle(document.documentElement);
  const colour = (name) => styles.getPropertyValue(`--${name}`).trim();
  return {
    ink: colour('ink'),
    soft: colour('ink-soft'),
    rule: colour('rule'),
    paper: colour('paper'),
    accent: colour('accent'),
    list: colour('chart-list'),
    archive: colour('chart-archive'),
    parts: [1, 2, 3].map((part) => ({ fill: colour(`chart-${part}`), ink: colour(`chart-${part}-ink`) })),
    rest: { fill: colour('chart-quiet'), ink: colour('ink') },
    font: colour('font-display'),
  };
}

/** Calls back when the listener or the device changes between light and dark. */
export function onThemeChange(redraw) {
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ['data-theme'] });
}
