-- Up Migration
-- A list is read by its day, and each time its ranks were fetched from the table. Where one listener has a large part
-- of all snapshots the planner thinks their lists a hundred times longer than they are, feared those fetches and read
-- the history of every track instead: 12 ms for 50 rows. With the rank in the key there is nothing to fear.
ALTER TABLE snapshots
  DROP CONSTRAINT snapshots_pkey,
  ADD PRIMARY KEY (user_id, snapshot_date, time_range, track_id) INCLUDE (rank);

-- Down Migration
ALTER TABLE snapshots
  DROP CONSTRAINT snapshots_pkey,
  ADD PRIMARY KEY (user_id, snapshot_date, time_range, track_id);
