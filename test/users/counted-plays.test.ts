import { expect, it } from 'vitest';
import { DatabasePatience, withPatience } from '../../src/database/patience.ts';
import { updateCountedPlays } from '../../src/users/users.ts';
import { useDatabase } from '../support/database.ts';
import { insertListener } from '../support/factories.ts';

const test = useDatabase();

it('another counting rule may take longer than a page waits for the database', async () => {
  const userId = await insertListener(test.db, 'alice');
  await test.db.execute(
    `CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN PERFORM pg_sleep(1.5); RETURN NEW; END $$`,
  );
  await test.db.execute(
    `CREATE TRIGGER users_slow BEFORE UPDATE OF counted_plays ON users FOR EACH ROW EXECUTE FUNCTION take_long()`,
  );
  const patience = new DatabasePatience(() => false, 1_000);
  await withPatience(patience, () => updateCountedPlays(test.patient, userId, 'any'));
  expect(await test.db.one('SELECT counted_plays FROM users WHERE user_id = $1', [userId])).toEqual({
    counted_plays: 'any',
  });
});
