import type { Transaction } from '../../../src/db.ts';

/**
 * Makes pg_temp.json_fault(source, wanted): why the server cannot store a text as `json`, `jsonb` or as an `object` in
 * jsonb. No parser of ours would agree with every version of the server. NULL: it can; `inner`: a JSON string that
 * contains an object; `only`: where `features` are wanted, a list of one object.
 */
export const createJsonJudge = (tx: Transaction): Promise<number> =>
  tx.execute(`
    CREATE OR REPLACE FUNCTION pg_temp.json_fault(source text, wanted text) RETURNS text LANGUAGE plpgsql AS $$
    DECLARE parsed jsonb; detail text;
    BEGIN
      IF wanted = 'json' THEN PERFORM source::json; RETURN NULL; END IF;
      parsed := source::jsonb;
      IF wanted = 'jsonb' OR jsonb_typeof(parsed) = 'object' THEN RETURN NULL; END IF;
      IF jsonb_typeof(parsed) = 'string' AND jsonb_typeof((parsed #>> '{}')::jsonb) = 'object' THEN
        RETURN 'inner';
      END IF;
      IF wanted = 'features' AND jsonb_typeof(parsed) = 'array' AND jsonb_array_length(parsed) = 1
         AND jsonb_typeof(parsed -> 0) = 'object' THEN
        RETURN 'only';
      END IF;
      RETURN 'JSON, but not an object';
    EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
      GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
      RETURN CASE
        WHEN parsed IS NOT NULL THEN 'JSON, but not an object'
        WHEN SQLSTATE = '22P05' THEN 'a NUL character in JSON'
        WHEN detail ILIKE '%surrogate%' THEN 'half a character in JSON'
        WHEN SQLSTATE = '22003' THEN 'a number in JSON that is too large'
        WHEN SQLSTATE = '54001' THEN 'JSON nested too deep'
        WHEN SQLSTATE LIKE '54%' THEN 'JSON that is too large'
        ELSE 'not valid JSON' END;
    END $$`);
