import type { Request } from 'express';
import type { WebContext } from '../context.ts';

/** What a chart's address below `/api/` answers as JSON. */
export type ChartAnswer = (context: WebContext, req: Request) => Promise<object>;
export type ChartAnswers = Readonly<Record<string, ChartAnswer>>;

/** Charts that are drawn from the same figures: each address reads them and draws its own. */
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
