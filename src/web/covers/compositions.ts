import type { Dice } from './dice.ts';
import { circle, n, path, polygon, quarter, range, rect, SIDE, type Point } from './shapes.ts';
import { sum } from '../../sum.ts';

/** The ground, two colours that carry the composition, and one for a detail. */
export type Palette = readonly [ground: string, first: string, second: string, detail: string];
type Composition = (dice: Dice, palette: Palette) => string;

const rings: Composition = (dice, [ground, first, second, detail]) => {
  const [x, y] = [dice.pick([0, 60, 60, 120]), dice.pick([0, 60, 120])];
  const far = x === 60 && y === 60 ? 54 : 110;
  const count = dice.between(4, 7);
  const colours = [first, ground, second, ground];
  return range(count)
    .map((ring) =>
      circle(x, y, (far * (count - ring)) / count, ring === count - 1 ? detail : colours[ring % 4]),
    )
    .join('');
};

const quarters: Composition = (dice, [, first, second, detail]) => {
  const across = dice.pick([2, 3, 4]);
  const size = SIDE / across;
  const odd = dice.between(0, across * across - 1);
  return range(across * across)
    .map((tile) => {
      const [x, y] = [(tile % across) * size, Math.floor(tile / across) * size];
      return quarter(
        x,
        y,
        size,
        dice.between(0, 3),
        tile === odd ? detail : dice.pick([first, first, second]),
      );
    })
    .join('');
};

const bars: Composition = (dice, [, first, second, detail]) => {
  const count = dice.pick([5, 6, 8, 10]);
  const width = SIDE / count;
  const [gap, hanging, odd] = [dice.pick([0, 1.5, 3]), dice.chance(0.4), dice.between(0, count - 1)];
  return range(count)
    .map((bar) => {
      const height = dice.between(3, 11) * 10;
      const colour = bar === odd ? detail : bar % 2 === 0 ? first : second;
      return rect(bar * width + gap / 2, hanging ? 0 : SIDE - height, width - gap, height, colour);
    })
    .join('');
};

const dots: Composition = (dice, [, first, , detail]) => {
  const across = dice.pick([5, 6, 8]);
  const [step, lit, turn] = [SIDE / across, dice.between(0, across * across - 1), dice.between(0, 3)];
  return range(across * across)
    .map((dot) => {
      const [column, row] = [dot % across, Math.floor(dot / across)];
      const towards = [column, row, across - 1 - column, across - 1 - row][turn] ?? 0;
      const radius = step * (0.1 + (0.34 * (towards + 1)) / across);
      return circle((column + 0.5) * step, (row + 0.5) * step, radius, dot === lit ? detail : first);
    })
    .join('');
};

const diagonals: Composition = (dice, [, first, second, detail]) => {
  const count = dice.between(3, 6);
  const [width, rising] = [(2 * SIDE) / (2 * count), dice.chance(0.5)];
  const colours = [first, second, first, detail, second, first];
  return range(count)
    .map((band) => {
      const from = band * 2 * width;
      const points: Point[] = [
        [from, 0],
        [from + width, 0],
        [from + width - SIDE, SIDE],
        [from - SIDE, SIDE],
      ];
      return polygon(rising ? points : points.map(([x, y]) => [SIDE - x, y]), colours[band]);
    })
    .join('');
};

const pinwheel: Composition = (dice, [, first, second, detail]) => {
  const across = dice.pick([2, 3, 4]);
  const [size, odd] = [SIDE / across, dice.between(0, across * across - 1)];
  return range(across * across)
    .map((tile) => {
      const [x, y] = [(tile % across) * size, Math.floor(tile / across) * size];
      const corners: Point[] = [
        [x, y],
        [x + size, y],
        [x + size, y + size],
        [x, y + size],
      ];
      const left = dice.between(0, 3);
      const colour = tile === odd ? detail : dice.pick([first, second]);
      return polygon(
        corners.filter((_, corner) => corner !== left),
        colour,
      );
    })
    .join('');
};

const counterchange: Composition = (dice, [ground, first, second, detail]) => {
  const [cut, radius] = [dice.pick([40, 60, 80]), dice.pick([28, 36, 44])];
  const upright = dice.chance(0.5);
  const half = (sweep: 0 | 1, colour: string): string =>
    upright
      ? path(`M${cut} ${60 - radius}A${radius} ${radius} 0 0 ${sweep} ${cut} ${60 + radius}Z`, colour)
      : path(`M${60 - radius} ${cut}A${radius} ${radius} 0 0 ${sweep} ${60 + radius} ${cut}Z`, colour);
  const field = upright ? rect(cut, 0, SIDE - cut, SIDE, first) : rect(0, cut, SIDE, SIDE - cut, first);
  const halves = upright ? half(1, ground) + half(0, second) : half(0, ground) + half(1, second);
  return field + halves + circle(dice.pick([14, 106]), dice.pick([14, 106]), 5, detail);
};

const arches: Composition = (dice, [ground, first, second, detail]) => {
  const across = dice.pick([1, 2, 3]);
  const [width, bands, foot] = [SIDE / across, dice.pick([3, 4]), dice.pick([100, 120])];
  return range(across)
    .map((arch) =>
      range(bands)
        .map((band) => {
          const radius = (width / 2) * (1 - band / bands) * 0.94;
          const middle = (arch + 0.5) * width;
          const colour = band === bands - 1 ? detail : ([first, ground, second][band % 3] ?? first);
          const top = across === 1 ? 64 : 30 + width / 2 + (arch % 2) * 12;
          return path(
            `M${n(middle - radius)} ${foot}V${n(top)}A${n(radius)} ${n(radius)} 0 0 1 ${n(middle + radius)} ${n(top)}V${foot}Z`,
            colour,
          );
        })
        .join(''),
    )
    .join('');
};

const blocks: Composition = (dice, [ground, first, second, detail]) => {
  const widths = dice.pick([
    [40, 40, 40],
    [60, 30, 30],
    [20, 40, 60],
    [30, 60, 30],
  ]);
  const lit = dice.between(0, 2);
  return widths
    .map((width, column) => {
      const x = sum(widths.slice(0, column));
      const cut = dice.pick([30, 40, 60, 80, 90]);
      const [upper, lower] = [[first, second] as const, [ground, first] as const, [second, ground] as const][
        column
      ] ?? [first, second];
      const fields = rect(x, 0, width, cut, upper) + rect(x, cut, width, SIDE - cut, lower);
      if (column !== lit) return fields;
      const taller = Math.max(cut, SIDE - cut);
      const y = taller === cut ? cut / 2 : cut + (SIDE - cut) / 2;
      return fields + circle(x + width / 2, y, Math.min(width, taller) * 0.36, detail);
    })
    .join('');
};

const onRim = (angle: number): Point => [180 * Math.cos(angle), 180 * Math.sin(angle)];

const fan: Composition = (dice, [ground, first, second, detail]) => {
  const wedges = dice.pick([6, 8, 10]);
  const turn = dice.between(0, 3) * 90;
  const blades = range(wedges)
    .map((wedge) => {
      const [from, to] = [wedge, wedge + 1].map((at) => (Math.PI / 2) * (at / wedges)) as [number, number];
      return polygon([[0, 0], onRim(from), onRim(to)], wedge % 2 === 0 ? first : second);
    })
    .join('');
  const heart = circle(0, 0, 34, ground) + circle(0, 0, 22, detail);
  return `<g transform="rotate(${turn} 60 60)">${blades}${heart}</g>`;
};

/** The lines of a stave or a run-out groove. */
const stave: Composition = (dice, [, first, second, detail]) => {
  const count = dice.pick([8, 10, 12]);
  const [step, fromLeft] = [SIDE / count, dice.chance(0.5)];
  const lines = range(count)
    .map((line) => {
      const length = dice.between(3, 12) * 10;
      return rect(fromLeft ? 0 : SIDE - length, line * step + step * 0.28, length, step * 0.44, first);
    })
    .join('');
  const radius = dice.pick([14, 20, 26]);
  return (
    lines + circle(dice.pick([36, 60, 84]), dice.pick([36, 60, 84]), radius, dice.pick([second, detail]))
  );
};

/** Two arcs that meet in opposite corners of each square. */
const leaves: Composition = (dice, [, first, second, detail]) => {
  const across = dice.pick([2, 3, 4]);
  const [size, odd, regular] = [SIDE / across, dice.between(0, across * across - 1), dice.chance(0.5)];
  return range(across * across)
    .map((tile) => {
      const [column, row] = [tile % across, Math.floor(tile / across)];
      const rising = regular ? (column + row) % 2 === 0 : dice.chance(0.5);
      const [left, top] = [column * size, row * size];
      const [fromY, toY] = rising ? [top + size, top] : [top, top + size];
      const arcs =
        `M${n(left)} ${n(fromY)}A${n(size)} ${n(size)} 0 0 1 ${n(left + size)} ${n(toY)}` +
        `A${n(size)} ${n(size)} 0 0 1 ${n(left)} ${n(fromY)}Z`;
      return path(arcs, tile === odd ? detail : row % 2 === 0 ? first : second);
    })
    .join('');
};

export const COMPOSITIONS: readonly Composition[] = [
  rings,
  quarters,
  bars,
  dots,
  diagonals,
  pinwheel,
  counterchange,
  arches,
  blocks,
  fan,
  stave,
  leaves,
];
