/** It divides by 2, 3, 4, 5, 6, 8 and 10. */
export const SIDE = 120;

export type Point = readonly [x: number, y: number];

export const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
/** Two decimals are finer than any screen. */
export const n = (value: number): string => String(Math.round(value * 100) / 100);
/** A stroke of the same colour closes the seams between shapes. */
const solid = (fill: string | undefined): string => `fill="${fill}" stroke="${fill}" stroke-width="0.3"`;
export const path = (d: string, fill: string | undefined): string => `<path d="${d}" ${solid(fill)}/>`;
export const circle = (x: number, y: number, radius: number, fill: string | undefined): string =>
  `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="${fill}"/>`;
export const rect = (x: number, y: number, width: number, height: number, fill: string | undefined): string =>
  `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${fill}" shape-rendering="crispEdges"/>`;
export const polygon = (points: readonly Point[], fill: string | undefined): string =>
  `<polygon points="${points.map(([x, y]) => `${n(x)},${n(y)}`).join(' ')}" ${solid(fill)}/>`;

/** Its centre is in one of the square's four corners. */
export function quarter(x: number, y: number, size: number, corner: number, fill: string): string {
  const arc = `A${n(size)} ${n(size)} 0 0 1`;
  const [right, bottom] = [n(x + size), n(y + size)];
  const shapes = [
    `M${n(x)} ${n(y)}H${right}${arc} ${n(x)} ${bottom}Z`,
    `M${right} ${n(y)}V${bottom}${arc} ${n(x)} ${n(y)}Z`,
    `M${right} ${bottom}H${n(x)}${arc} ${right} ${n(y)}Z`,
    `M${n(x)} ${bottom}V${n(y)}${arc} ${right} ${bottom}Z`,
  ];
  return path(shapes[corner] ?? '', fill);
}
