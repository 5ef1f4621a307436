export interface Listed {
  readonly name: string;
  readonly type: string;
  readonly sql: string;
}

/** What the modules create: by the end of the name, the first columns. */
const MADE: Readonly<Record<string, readonly (readonly string[])[]>> = {
  data: [['id', 'block']],
  idx: [['segid', 'term', 'pgno']],
  config: [['k', 'v']],
  content: [['id', 'c0'], ['docid']],
  docsize: [
    ['id', 'sz'],
    ['docid', 'size'],
  ],
  segments: [['blockid', 'block']],
  segdir: [['level', 'idx', 'start_block', 'leaves_end_block', 'end_block', 'root']],
  stat: [['id', 'value']],
  node: [['nodeno', 'data']],
  rowid: [['rowid', 'nodeno']],
  parent: [['nodeno', 'parentnode']],
};

/**
 * Whether a table is part of an index (full text, R-tree) and means nothing without it. SQLite goes by the name only,
 * but a user's own table may have such a name, and an index may cover one.
 */
export function isOwnShadow(
  table: Listed,
  all: readonly Listed[],
  columns: () => readonly string[],
): boolean {
  if (table.type !== 'shadow') return false;
  const index = all.find(({ name, type }) => type === 'virtual' && isPartOf(table.name, name));
  const part = table.name.slice(table.name.lastIndexOf('_') + 1).toLowerCase();
  if (index === undefined || (part === 'content' && readsElsewhere(index.sql))) return false;
  const found = columns().map((name) => name.toLowerCase());
  return (MADE[part] ?? []).some((made) => made.every((name, at) => found[at] === name));
}

const isPartOf = (name: string, index: string): boolean =>
  name.slice(0, name.lastIndexOf('_')).toLowerCase() === index.toLowerCase();

/** `content='table'`, or `content=''` for none. */
const readsElsewhere = (sql: string): boolean => /[,(]\s*content\s*=/i.test(sql);
