-- Up Migration
-- In which of a listener's playlists a track stands.
CREATE INDEX playlist_tracks_track_id ON playlist_tracks (user_id, track_id);

-- Down Migration
DROP INDEX playlist_tracks_track_id;
