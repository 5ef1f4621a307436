/** "1,872" */
export const grouped = (count: number): string => count.toLocaleString('en');
