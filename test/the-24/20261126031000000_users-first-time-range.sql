-- Up Migration
ALTER TABLE users ADD first_time_range text NOT NULL DEFAULT 'short_term'
  CHECK (first_time_range IN ('short_term', 'medium_term', 'long_term'));
COMMENT ON COLUMN users.first_time_range IS 'which list a page shows where its address names none';

-- Down Migration
ALTER TABLE users DROP first_time_range;
