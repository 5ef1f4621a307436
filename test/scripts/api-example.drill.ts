import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Document } from '../../scripts/api-example/document.ts';
import { typeErrors, typesOf } from '../../scripts/api-example/types.ts';
import { walk, type Walk } from '../../scripts/api-example/walk.ts';
import { createApiToken, SCOPES } from '../../src/users/api-tokens.ts';
import { API_ROOT } from '../../src/web/api/endpoint.ts';
import { ENDPOINTS } from '../../src/web/api/endpoints.ts';
import { insertApiArchive } from '../support/api.ts';
import { useApp } from '../support/app.ts';
import { insertFilledPlaylist, spotifyIds } from '../support/playlists.ts';

const test = useApp();
const directory = mkdtempSync(path.join(tmpdir(), 'mtm-api-example-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
let types = '';
let walked: Walk;

beforeAll(async () => {
  const { userId } = await insertApiArchive(test, 'alice');
  // The newest, and so the one that is sent.
  await insertFilledPlaylist(test.db, userId, 'sendable', spotifyIds(2));
  await test.db.execute(`UPDATE playlists SET created_at = now() WHERE playlist_id = 'sendable'`);
  const token = await createApiToken(test.db, userId, { name: 'A test', scopes: SCOPES, days: 1 });
  const text = await (await fetch(`${test.baseUrl}${API_ROOT}/openapi.json`)).text();
  types = await typesOf(text);
  walked = await walk(JSON.parse(text) as Document, token);
});

describe('a client made from the document', () => {
  it('has every endpoint answer as it expects', () => {
    expect(walked.differences).toEqual([]);
    expect(walked.answers).toHaveLength(ENDPOINTS.length);
    expect(typeErrors(directory, types, walked.answers)).toBe('');
  });

  it.each([
    ['a field too many', `{"no_such_field":1,`],
    ['a field of another type', `{"timezone":7,`],
  ])('would notice %s', (_what, beginning) => {
    const changed = walked.answers.map((answer) =>
      answer.endpoint.operationId === 'getMe'
        ? { ...answer, content: String(answer.content).replace('{', beginning) }
        : answer,
    );
    expect(typeErrors(directory, types, changed)).toContain('answers.ts');
  });
});
