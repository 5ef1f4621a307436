-- Up Migration
-- How often somebody came, counted for all web processes together. Losing it in a crash of the database costs nothing.
CREATE UNLOGGED TABLE rate_limits (
  key text PRIMARY KEY,
  hits integer NOT NULL,
  ends_at timestamptz NOT NULL
);
CREATE INDEX rate_limits_ends_at ON rate_limits (ends_at);

-- Down Migration
DROP TABLE rate_limits;
