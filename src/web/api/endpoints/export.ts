import { z } from 'zod';
import { countHoldings } from '../../../archives/delete-listener.ts';
import { streamArchive } from '../../../exports/stream-archive.ts';
import { sendStream } from '../../page/send-stream.ts';
import { endpoint, fileEndpoint } from '../endpoint.ts';
import { named } from '../schemas.ts';
import { count, date } from '../shapes.ts';

const subject = 'Export';
const ZIP = 'application/zip';

const holdings = named(
  'Holdings',
  z.strictObject({
    tracks: count,
    lists: count.describe('Dated lists of tracks'),
    artist_lists: count.describe('Dated lists of artists'),
    first_date: date.nullable(),
    last_date: date.nullable(),
    plays: count,
    playlists: count,
    imports: count.describe('Moves from files of the old edition'),
  }),
);

export const exportEndpoints = [
  endpoint({
    method: 'GET',
    path: '/export',
    name: 'getHoldings',
    subject,
    scope: 'read',
    cost: 5,
    summary: 'What an export would hold',
    answer: holdings,
    handler: ({ db, user }) => countHoldings(db, user.user_id),
  }),
  fileEndpoint({
    method: 'GET',
    path: '/export/archive.zip',
    name: 'downloadArchive',
    subject,
    scope: 'read',
    cost: 30,
    summary: 'Your whole archive as a ZIP that restores row for row',
    description:
      'Packed while it is sent; one download at a time. With `If-None-Match` an archive that is the same costs nothing.',
    file: ZIP,
    send: async ({ db, user }, res) => {
      const name = `music-time-machine-${new Date().toISOString().slice(0, 10)}.zip`;
      await sendStream(res.req, res, { name, contentType: ZIP }, () => streamArchive(db, user.user_id));
    },
  }),
];
