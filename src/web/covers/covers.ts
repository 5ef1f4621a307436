import { COMPOSITIONS, type Palette } from './compositions.ts';
import { rollFrom } from './dice.ts';
import { rect, SIDE } from './shapes.ts';

/** The same seed gives the same cover for ever, so every cache may keep it; no seed's text enters the drawing. */
export function coverSvg(seed: string): string {
  const dice = rollFrom(seed);
  const palette = dice.pick(PALETTES);
  const draw = dice.pick(COMPOSITIONS);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIDE} ${SIDE}" width="600" height="600">` +
    `${rect(0, 0, SIDE, SIDE, palette[0])}${draw(dice, palette)}</svg>`
  );
}

const [PAPER, INK, ORANGE, OXBLOOD, OCHRE] = ['#efe6d4', '#1f1a15', '#e2551f', '#7e2417', '#dca12c'] as const;
const [TEAL, NAVY, SAGE, SKY, ROSE] = ['#1f6469', '#213a55', '#8c9a6c', '#93b5bd', '#dd9079'] as const;
const SAND = '#d5c19a';

const PALETTES: readonly Palette[] = [
  [PAPER, INK, ORANGE, OCHRE],
  [PAPER, TEAL, ORANGE, INK],
  [PAPER, NAVY, ROSE, OCHRE],
  [PAPER, OXBLOOD, SAGE, INK],
  [INK, ORANGE, PAPER, OCHRE],
  [INK, SKY, PAPER, ORANGE],
  [INK, OCHRE, OXBLOOD, PAPER],
  [ORANGE, INK, PAPER, OCHRE],
  [ORANGE, PAPER, OXBLOOD, INK],
  [OCHRE, INK, OXBLOOD, PAPER],
  [OCHRE, NAVY, PAPER, ORANGE],
  [TEAL, PAPER, OCHRE, ORANGE],
  [TEAL, SAND, INK, ROSE],
  [NAVY, SKY, PAPER, ORANGE],
  [NAVY, ROSE, OCHRE, PAPER],
  [OXBLOOD, ROSE, SAND, PAPER],
  [OXBLOOD, OCHRE, INK, PAPER],
  [SAND, TEAL, OXBLOOD, INK],
  [SAND, INK, ORANGE, PAPER],
  [SAGE, INK, PAPER, ORANGE],
  [SKY, NAVY, PAPER, ORANGE],
  [ROSE, OXBLOOD, PAPER, NAVY],
];
