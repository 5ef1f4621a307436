/** A line that words stand below: no grid, none of them slanted. `ticks`: which are left out where room is short. */
export const wordAxis = (theme, ticks) => ({
  grid: { display: false },
  border: { color: theme.ink },
  ticks: { color: theme.soft, font: { family: theme.font, size: 12 }, maxRotation: 0, ...ticks },
});
