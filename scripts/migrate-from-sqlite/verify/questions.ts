/** Asked on both sides, over the rows whose column is equal. */
export interface Question {
  readonly name: string;
  readonly column: string;
  /** SQLite: 1, 0, or NULL if the row gives no answer. */
  readonly source: string;
  readonly target: string;
}

/** Only for payloads that SQLite too accepts as an object. */
const ofObject = (column: string, question: string): string =>
  `CASE WHEN json_valid(source.${column}) AND json_type(source.${column}) = 'object' THEN ${question} END`;

export const RELEASED_IN_PAYLOAD: Question = {
  name: 'released in 2026',
  column: 'raw_json',
  source: ofObject(
    'raw_json',
    `COALESCE(json_type(source.raw_json, '$.album.release_date') = 'text'
     AND json_extract(source.raw_json, '$.album.release_date') LIKE '2026%', 0)`,
  ),
  target: `jsonb_typeof(t.raw_json #> '{album,release_date}') = 'string'
           AND t.raw_json #>> '{album,release_date}' LIKE '2026%'`,
};
export const HAS_ISRC: Question = {
  name: 'has an ISRC',
  column: 'raw_json',
  source: ofObject('raw_json', `COALESCE(json_type(source.raw_json, '$.external_ids.isrc') = 'text', 0)`),
  target: `jsonb_typeof(t.raw_json #> '{external_ids,isrc}') = 'string'`,
};
export const RELEASED: Question = {
  name: 'released in 2026',
  column: 'release_date',
  source: `CASE WHEN typeof(source.release_date) = 'text' THEN source.release_date LIKE '2026%' END`,
  target: 'extract(year FROM t.release_date) = 2026',
};
// SQLite compares as double, so compare the same way if the number fits one.
export const ENERGETIC: Question = {
  name: 'energy over 0.8',
  column: 'audio_features',
  source: ofObject(
    'audio_features',
    `CASE json_type(source.audio_features, '$.energy') WHEN 'text' THEN NULL
       ELSE COALESCE(json_type(source.audio_features, '$.energy') IN ('integer', 'real')
         AND json_extract(source.audio_features, '$.energy') > 0.8, 0) END`,
  ),
  target: `CASE WHEN abs(audio_feature(t.audio_features, 'energy')) < 1e300
           THEN audio_feature(t.audio_features, 'energy')::float8 > 0.8
           ELSE audio_feature(t.audio_features, 'energy') > 0 END`,
};
