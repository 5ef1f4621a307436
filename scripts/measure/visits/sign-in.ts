/** Goes the way of a browser: to Spotify, back, and keeps the session's cookie. */
export async function signIn(url: string): Promise<string> {
  const start = await fetch(`${url}/auth/spotify`, { redirect: 'manual' });
  const approved = await fetch(String(start.headers.get('location')), { redirect: 'manual' });
  const back = await fetch(String(approved.headers.get('location')), {
    redirect: 'manual',
    headers: { Cookie: cookiesOf(start) },
  });
  return cookiesOf(back);
}

const cookiesOf = (answer: Response): string =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
