import type { StandInListener } from './listeners.ts';

/** @param query of the request, passed on */
export function signInPage(listeners: readonly StandInListener[], query: URLSearchParams): string {
  const choices = listeners.map(
    (listener) =>
      `<li><a href="${address(query, 'listener', listener.id)}">Agree as ${escape(nameOf(listener))}</a></li>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Spotify stand-in: who is signing in?</title>
<h1>Who is signing in?</h1>
<p>This is a stand-in for Spotify on this computer. The app asks for: ${escape(query.get('scope') ?? '')}</p>
<ul>
${choices.join('\n')}
</ul>
<p><a href="${address(query, 'refuse', '1')}">Refuse</a></p>
</html>
`;
}

const nameOf = (listener: StandInListener): string => listener.displayName ?? listener.id;

function address(query: URLSearchParams, name: string, value: string): string {
  const answered = new URLSearchParams(query);
  answered.set(name, value);
  return escape(`/authorize?${answered.toString()}`);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string): string => text.replaceAll(/[&<>"]/g, (found) => ENTITIES[found] ?? found);
