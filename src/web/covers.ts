/**
 * Covers for records that have none at hand: flat shapes on a strict grid, in the colours of the house. The same
 * seed gives the same cover for ever, so it can be kept by every cache, and no seed text ever enters the drawing.
 */
export function coverSvg(seed: string): string {
  const dice = rollFrom(seed);
  const palette = dice.pick(PALETTES);
  const draw = dice.pick(COMPOSITIONS);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${SIDE} ${SIDE}" width="600" height="600">` +
    `${rect(0, 0, SIDE, SIDE, palette[0])}${draw(dice, palette)}</svg>`
  );
}

/** The drawing is 120 units wide: it divides by 2, 3, 4, 5, 6, 8 and 10. */
const SIDE = 120;

/** The ground, two colours that carry the composition, and one for a detail. */
type Palette = readonly [ground: string, first: string, second: string, detail: string];
type Composition = (dice: Dice, palette: Palette) => string;

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

/** Rings around a point in the middle, on an edge or in a corner. */
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

/** Quarter circles laid like tiles. */
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

/** Upright bars like a row of spines, hanging or standing. */
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

/** A field of dots that swell towards one side, one of them lit. */
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

/** Bands across the diagonal. */
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

/** Triangles turned in the squares of a grid. */
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

/** A field cut in two, and a disc that changes colour where it crosses the cut. */
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

/** Nested arches, one row of them. */
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

/** Three columns of a measured width, each cut once at its own height, and one disc to set them off. */
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
      const x = widths.slice(0, column).reduce((sum, one) => sum + one, 0);
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

/** A fan of wedges from a corner or from the middle of an edge. */
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

/** Ruled lines that stop short, as of a stave or a run-out groove, and one disc. */
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

/** Leaves: two arcs that meet in opposite corners of each square. */
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

const COMPOSITIONS: readonly Composition[] = [
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

type Point = readonly [x: number, y: number];

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
/** Two decimals are finer than any screen. */
const n = (value: number): string => String(Math.round(value * 100) / 100);
/** A stroke of its own colour closes the seams that show where shapes of one colour meet. */
const solid = (fill: string | undefined): string => `fill="${fill}" stroke="${fill}" stroke-width="0.3"`;
const path = (d: string, fill: string | undefined): string => `<path d="${d}" ${solid(fill)}/>`;
const circle = (x: number, y: number, radius: number, fill: string | undefined): string =>
  `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="${fill}"/>`;
const rect = (x: number, y: number, width: number, height: number, fill: string | undefined): string =>
  `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${fill}" shape-rendering="crispEdges"/>`;
const polygon = (points: readonly Point[], fill: string | undefined): string =>
  `<polygon points="${points.map(([x, y]) => `${n(x)},${n(y)}`).join(' ')}" ${solid(fill)}/>`;

/** A quarter disc that fills a square, its centre in one of the four corners. */
function quarter(x: number, y: number, size: number, corner: number, fill: string): string {
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

/** Chance that is the same for the same seed. */
interface Dice {
  readonly pick: <T>(options: readonly [T, ...T[]] | readonly T[]) => T;
  /** A whole number, both ends included. */
  readonly between: (least: number, most: number) => number;
  readonly chance: (probability: number) => boolean;
}

function rollFrom(seed: string): Dice {
  const next = mulberry32(hash(seed));
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    between,
    pick: (options) => options[between(0, options.length - 1)] as (typeof options)[number],
    chance: (probability) => next() < probability,
  };
}

/** FNV-1a over UTF-16 units. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}

/** A small generator of even quality; the sequence is part of what a cover looks like, so it never changes. */
function mulberry32(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
