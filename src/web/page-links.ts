/** First, previous, next and last, where there are such. */
export function pageLinks(page: number, pages: number, hrefOf: (page: number) => string) {
  const to = (number: number, label: string) => ({ href: hrefOf(number), label });
  return {
    page,
    pages,
    before: page > 1 ? [to(1, 'First'), to(page - 1, 'Previous')] : [],
    after: page < pages ? [to(page + 1, 'Next'), to(pages, 'Last')] : [],
  };
}
