import { z } from 'zod';

export const pageNumber = z
  .string('must be given once')
  .regex(/^[1-9]\d{0,6}$/, 'must be the number of a page')
  .transform(Number)
  .default(1);

export const countPages = (length: number, perPage: number): number =>
  Math.max(1, Math.ceil(length / perPage));

export interface PageLinks {
  readonly page: number;
  /** Null: there are more than were counted. */
  readonly pages: number | null;
  readonly before: readonly PageLink[];
  readonly after: readonly PageLink[];
}

interface PageLink {
  readonly href: string;
  readonly label: string;
}

/** @param hrefOf the address of a page by its number */
export function linkPages(page: number, pages: number | null, hrefOf: (page: number) => string): PageLinks {
  const to = (number: number, label: string): PageLink => ({ href: hrefOf(number), label });
  return {
    page,
    pages,
    before: page > 1 ? [to(1, 'First'), to(page - 1, 'Previous')] : [],
    after: [
      ...(pages === null || page < pages ? [to(page + 1, 'Next')] : []),
      ...(pages !== null && page < pages ? [to(pages, 'Last')] : []),
    ],
  };
}
