import { grouped } from '../../print.ts';
import { escapeControls } from '../escape-controls.ts';
import type { Audit } from './audit-file.ts';
import type { AuditedColumn, AuditedTable } from './audited.ts';
import type { FileForeignKey, FileIndex } from './read-schema.ts';
import { sizeInWords } from './signs.ts';

const WIDTH = 100;

/** In lines of at most 100 characters unless a name is too long. */
export function printAudit(audit: Audit): string {
  const layout = audit.layout === null ? 'unknown layout' : `${audit.layout} layout`;
  const facts = [
    sizeInWords(audit.bytes),
    audit.encoding,
    `pages of ${audit.pageSize}`,
    `journal mode ${audit.journalMode}`,
  ];
  return [
    escapeControls(`${audit.file}: ${layout}`),
    facts.join(' · '),
    ...audit.tables.flatMap(printTable),
    ...printOthers(audit),
    '',
    'Do you need to leave SQLite?',
    ...audit.signs.flatMap(({ sign, verdict, seen }) =>
      wrap(escapeControls(`${sign.padEnd(18)}  ${verdict.padEnd(7)}  ${seen}`), 2, 31),
    ),
  ].join('\n');
}

function printTable(table: AuditedTable): string[] {
  const marks = [
    ...(table.kind === 'virtual table' ? ['virtual: not moved'] : []),
    ...(table.withoutRowid ? ['WITHOUT ROWID'] : []),
    ...(table.strict ? ['STRICT'] : []),
  ];
  const rows = table.rows === null ? 'cannot be read' : `${grouped(table.rows)} rows`;
  const title = [`${escapeControls(table.name)}: ${rows}`, ...marks].join(' · ');
  return [
    '',
    title,
    '─'.repeat(Math.min(title.length, WIDTH)),
    ...table.columns.flatMap(printColumn),
    ...printConstraints(table),
  ];
}

function printColumn(column: AuditedColumn): string[] {
  const declared = [column.declaredType || '(no type)', ...column.constraints].join(' ');
  const becomes = `${column.type}${column.identity ? ' identity' : ''}`;
  const target = column.target ? `${column.target}, ` : '';
  const misfits = column.misfits > 0 ? ` Values that do not fit: ${grouped(column.misfits)}.` : '';
  return [
    ...wrap(`${escapeControls(column.name) || '(no name)'}  ${escapeControls(declared)}`, 2, 6),
    ...wrap(describeValues(column), 6, 8),
    ...wrap(escapeControls(`→ ${target}${becomes}: ${column.why}.${misfits}`), 4, 6),
  ];
}

function describeValues(column: AuditedColumn): string {
  const total = Object.values(column.holds).reduce((sum, count) => sum + count, 0);
  if (total === column.nulls) return total === 0 ? 'no values' : `${grouped(total)} null`;
  const { distinct, range, lengths } = column;
  const parts = [
    countsOf(column.holds),
    ...(Object.keys(column.forms).length > 0 ? [`written as ${countsOf(column.forms)}`] : []),
    ...(range ? [`${range.least} to ${range.greatest}`] : []),
    ...(column.beyond32Bits > 0 ? [`${grouped(column.beyond32Bits)} beyond 32 bits`] : []),
    ...(lengths ? [`length ${lengths.shortest} to ${lengths.longest}`] : []),
    `${distinct.exact ? '' : 'over '}${grouped(distinct.count)} distinct`,
    `e.g. ${column.samples.map((sample) => (sample === '' ? "''" : sample)).join(' | ')}`,
  ];
  return escapeControls(parts.join('; '));
}

const countsOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([what, count]) => `${grouped(count)} ${what}`)
    .join(', ');

function printConstraints(table: AuditedTable): string[] {
  const key = table.primaryKey.length > 1 ? [`primary key (${table.primaryKey.join(', ')})`] : [];
  return [
    ...key,
    ...table.uniques.map((unique) => `unique ${columnsOf(unique)}`),
    ...table.foreignKeys.map(describeForeignKey),
    ...table.checks.map((check) => `check (${check})`),
    ...table.collations.map(({ column, collation }) => `column ${column} compares by ${collation}`),
    ...table.unreadable.map(({ name, why }) => `column ${name} cannot be read: ${why}`),
    ...table.indexes.map(describeIndex),
  ].flatMap((line) => wrap(escapeControls(line), 2, 6));
}

function describeForeignKey(key: FileForeignKey): string {
  const actions = [
    ...(key.onUpdate === 'NO ACTION' ? [] : [`on update ${key.onUpdate.toLowerCase()}`]),
    ...(key.onDelete === 'NO ACTION' ? [] : [`on delete ${key.onDelete.toLowerCase()}`]),
  ];
  const parent = `${key.parent}${key.parentColumns === null ? '' : ` (${key.parentColumns.join(', ')})`}`;
  return [`foreign key (${key.columns.join(', ')}) → ${parent}`, ...actions].join(' ');
}

const columnsOf = (index: FileIndex): string =>
  `(${index.columns.map(({ name, descending }) => `${name ?? 'an expression'}${descending ? ' desc' : ''}`).join(', ')})`;

const describeIndex = (index: FileIndex): string =>
  `${index.unique ? 'unique ' : ''}index ${index.name} ${columnsOf(index)}${index.partial ? ', partial' : ''}`;

function printOthers({ others }: Audit): string[] {
  if (others.length === 0) return [];
  const lines = others.map(({ kind, name, table }) =>
    kind === 'view' ? `view ${name}` : `trigger ${name} on ${table}`,
  );
  return [
    '',
    'Views and triggers (not moved):',
    ...lines.flatMap((line) => wrap(escapeControls(line), 2, 6)),
  ];
}

/** Breaks a line at spaces, indenting the first line by `first` and the others by `rest`. */
function wrap(text: string, first: number, rest: number): string[] {
  const lines: string[] = [];
  let line = ' '.repeat(first);
  for (const word of text.split(/(?<=\S)(?= +\S)/)) {
    if (line.trim() !== '' && line.length + word.trimEnd().length > WIDTH) {
      lines.push(line);
      line = ' '.repeat(rest) + word.trimStart();
    } else line += line.trim() === '' ? word.trimStart() : word;
  }
  return [...lines, line].map((done) => done.trimEnd());
}
