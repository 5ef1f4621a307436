/** Applies `change` to every field at any depth; undefined removes the field. */
export function mapFields(value: unknown, change: (name: string, value: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapFields(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, field]) => [name, change(name, field)] as const)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => [name, mapFields(field, change)]),
  );
}
