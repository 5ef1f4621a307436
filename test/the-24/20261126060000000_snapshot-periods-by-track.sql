-- Up Migration
-- What a track came to, month by month, is asked for by every artist's page; the other ways to a period have their
-- own indexes. With the track before the period one key serves both.
ALTER TABLE snapshot_periods
  DROP CONSTRAINT snapshot_periods_pkey,
  ADD PRIMARY KEY (user_id, track_id, time_range, period);

-- Down Migration
ALTER TABLE snapshot_periods
  DROP CONSTRAINT snapshot_periods_pkey,
  ADD PRIMARY KEY (user_id, time_range, period, track_id);
