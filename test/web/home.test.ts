import { expect, it } from 'vitest';
import { ALICE, nobody, signIn, useApp } from '../support/app.ts';

const test = useApp();

it('shows nobody the way in, and back to where they wanted to go', async () => {
  const page = await nobody(test).get('/?return_to=%2Fsettings').expect(200);
  expect(page.text).toContain('/auth/spotify?return_to=%2Fsettings');
});

it.each([
  '//evil.example',
  'https://evil.example',
  '/\\evil.example',
  'javascript:alert(1)',
  '%00',
  '/a%00b',
])('shows no way to %j', async (returnTo) => {
  const page = await nobody(test)
    .get(`/?return_to=${encodeURIComponent(returnTo)}`)
    .expect(200);
  expect(page.text).not.toContain('evil.example');
  expect(page.text).not.toContain('javascript:');
});

it('leads whoever is signed in to their dashboard', async () => {
  const alice = await signIn(test, ALICE);
  await alice.get('/').expect(302).expect('Location', '/dashboard');
});
