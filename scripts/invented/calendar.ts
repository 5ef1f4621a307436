/** Dates are YYYY-MM-DD texts, counted in UTC. */
const dayMs = 86_400_000;

export const yearOf = (date: string): number => Number(date.slice(0, 4));

export const dayNumber = (date: string): number => Math.floor(Date.parse(`${date}T00:00:00Z`) / dayMs);

export const dateOfDay = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

/** The first of the month `months` before the one `date` lies in. */
export function firstOfMonth(date: string, months = 0): string {
  const month = yearOf(date) * 12 + Number(date.slice(5, 7)) - 1 - months;
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`;
}
