import type { Transaction } from '../../../src/db.ts';

const BY_KEY = {
  enable_nestloop: 'on',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  enable_seqscan: 'off',
};
type PlannerSettings = Readonly<Record<string, string>>;

/**
 * Each chunk is looked up by its keys; by default the server would scan the whole table for each.
 * @returns the settings before
 */
export async function planByKey(tx: Transaction): Promise<PlannerSettings> {
  const before = await tx.one<PlannerSettings>(
    `SELECT ${Object.keys(BY_KEY)
      .map((name) => `current_setting('${name}') AS ${name}`)
      .join(', ')}`,
  );
  await setPlanner(tx, BY_KEY);
  return before;
}

export async function setPlanner(tx: Transaction, settings: PlannerSettings): Promise<void> {
  await tx.execute(
    'SELECT set_config(name, value, true) FROM unnest($1::text[], $2::text[]) AS settings (name, value)',
    [Object.keys(settings), Object.values(settings)],
  );
}
