import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { useApp } from '../support/app.ts';
import { runScript } from '../support/run-script.ts';

const test = useApp();
const astray = useApp({ BASE_URL: 'http://127.0.0.1:9' });

const smoke = (...args: string[]) => runScript('scripts/smoke.ts', args);

describe('npm run smoke', () => {
  it('finds a well app well, and answers 0', async () => {
    const { code, output } = await smoke(test.baseUrl);
    expect([code, output.split('\n').filter((line) => line.startsWith('check'))]).toEqual([0, []]);
    expect(output).toMatch(/^ok {5}signing in/m);
  });

  it('signs in where a stand-in plays Spotify, and sends a playlist', async () => {
    const { code, output } = await smoke(test.baseUrl, '--stand-in');
    expect([code, output.split('\n').filter((line) => line.startsWith('check'))]).toEqual([0, []]);
    expect(output).toMatch(/^ok {5}.*playlist/m);
  });

  it('says of each thing that is not well what was found, and answers 1', async () => {
    const other = http
      .createServer((_req, res) =>
        res.writeHead(200, { 'X-Powered-By': 'Something' }).end('<h1>Welcome to nginx</h1>'),
      )
      .listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { code, output } = await smoke(`http://127.0.0.1:${(other.address() as AddressInfo).port}`);
    other.close();
    expect(code).toBe(1);
    expect(output).toMatch(/^check {2}the home page/m);
    expect(output).toContain('Content-Security-Policy is missing or weak');
    expect(output).toContain('an unknown address answered 200');
  });

  it('notices an app that believes to be at another address', async () => {
    const { output } = await smoke(astray.baseUrl);
    expect(output).toContain('Spotify would send listeners back to http://127.0.0.1:9/auth/spotify/callback');
  });

  it('says that nothing answers, and answers 1; wrong use is a 2', async () => {
    const silent = await smoke('http://127.0.0.1:1');
    expect([silent.code, silent.output]).toEqual([1, expect.stringContaining('/livez did not answer')]);
    const wrong = await smoke('music.example.org');
    expect([wrong.code, wrong.output]).toEqual([2, expect.stringContaining('usage: npm run smoke')]);
  });
});
