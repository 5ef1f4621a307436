import type { Request } from 'express';
import type { WebContext } from '../context.ts';

/** The JSON of a chart's address below `/api/`. */
export type ChartAnswer = (context: WebContext, req: Request) => Promise<object>;
export type ChartAnswers = Readonly<Record<string, ChartAnswer>>;

/** Charts of the same figures: each address draws its own. */
export const drawnFrom = <Figures>(
  path: string,
  draws: Readonly<Record<string, (figures: Figures) => object>>,
  read: (context: WebContext, req: Request) => Promise<Figures>,
): ChartAnswers =>
  Object.fromEntries(
    Object.entries(draws).map(([name, draw]) => [
      `${path}${name}`,
      async (context: WebContext, req: Request) => draw(await read(context, req)),
    ]),
  );
