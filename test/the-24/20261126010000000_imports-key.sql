-- Up Migration
-- A listener's rows are told apart by the listener first, so that they can be distributed by it. (The identity alone
-- keeps the numbers of imports apart.)
ALTER TABLE imports DROP CONSTRAINT imports_import_id_key;

-- Down Migration
ALTER TABLE imports ADD CONSTRAINT imports_import_id_key UNIQUE (import_id);
