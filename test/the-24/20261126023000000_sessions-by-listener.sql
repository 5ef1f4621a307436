-- Up Migration
-- All sessions of one listener, to end them.
CREATE INDEX sessions_of_listener ON sessions ((sess -> 'passport' ->> 'user'));

-- Down Migration
DROP INDEX sessions_of_listener;
