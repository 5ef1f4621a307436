export interface PageLinks {
  readonly page: number;
  readonly pages: number;
  readonly before: readonly PageLink[];
  readonly after: readonly PageLink[];
}

interface PageLink {
  readonly href: string;
  readonly label: string;
}

/** The ways to the other pages of a list; `hrefOf` answers the address of a page by its number. */
export function linkPages(page: number, pages: number, hrefOf: (page: number) => string): PageLinks {
  const to = (number: number, label: string): PageLink => ({ href: hrefOf(number), label });
  return {
    page,
    pages,
    before: page > 1 ? [to(1, 'First'), to(page - 1, 'Previous')] : [],
    after: page < pages ? [to(page + 1, 'Next'), to(pages, 'Last')] : [],
  };
}
