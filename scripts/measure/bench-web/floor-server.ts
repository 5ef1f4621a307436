import { readFileSync } from 'node:fs';
import express from 'express';
import { createDb } from '../../../src/db.ts';

// The least a page of ours can cost: Express, three prepared statements on the pool, and a page's bytes as they are.
const html = readFileSync(process.argv[2] ?? '', 'utf8');
const { pool } = createDb({
  url: process.env.DATABASE_URL ?? '',
  poolMin: 2,
  poolMax: 10,
  applicationName: 'floor',
});
const ask = (name: string) =>
  pool.query({ name, text: 'SELECT user_id FROM users WHERE user_id = $1', values: [1] });

express()
  .disable('x-powered-by')
  .get('/readyz', (_req, res) => void res.send('ready'))
  .get('/', async (_req, res) => {
    await Promise.all(['one', 'two', 'three'].map(ask));
    res.type('html').send(html);
  })
  .listen(Number(process.env.PORT), '127.0.0.1');
