import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../src/search/parse-query.ts';

/** A query in short: clauses as `field:text`, phrases in quotation marks, `|` between what may stand for another. */
const read = (text: string): string[] => {
  const { clauses, without, years } = parseQuery(text);
  const short = ({ text: words, field, phrase }: (typeof without)[number]): string =>
    `${field === null ? '' : `${field}:`}${phrase ? `"${words}"` : words}`;
  return [
    ...clauses.map((terms) => terms.map(short).join('|')),
    ...without.map((term) => `-${short(term)}`),
    ...(years ? [`${years.from}–${years.to}`] : []),
  ];
};

describe('a query', () => {
  it.each([
    ['', []],
    ['  halo   crazy ', ['halo', 'crazy']],
    ['"one more time" daft', ['"one more time"', 'daft']],
    ['“one more time”', ['"one more time"']],
    ['"not closed', ['"not closed"']],
    ['halo -live -"at wembley"', ['halo', '-live', '-"at wembley"']],
    ['halo or crazy', ['halo|crazy']],
    ['a or b OR c d', ['a|b|c', 'd']],
    ['"or" or artist:x', ['"or"|artist:x']],
    ['or', ['or']],
    ['or halo or', ['or', 'halo', 'or']],
    ['halo or -live', ['halo', 'or', '-live']],
    ['halo or or crazy', ['halo|or', 'crazy']],
    [
      'artist:beyoncé album:"black parade" TRACK:halo title:x',
      ['artist:beyoncé', 'album:"black parade"', 'track:halo', 'track:x'],
    ],
    ['-artist:drake love', ['love', '-artist:drake']],
    ['artist: halo', ['artist:', 'halo']],
    ['genre:pop', ['genre:pop']],
    ['love year:2019', ['love', '2019–2019']],
    ['year:2015-2019', ['2015–2019']],
    ['year:"2015-2019"', ['2015–2019']],
    ['artist：ＹＯＡＳＯＢＩ', ['artist:YOASOBI']],
    ['a-ha AC/DC don’t', ['a-ha', 'AC/DC', 'don’t']],
    ['Jay - Z', ['Jay', '-', 'Z']],
    ['a\u0000b', ['a', 'b']],
    ['""', []],
    ['__proto__ constructor:x', ['__proto__', 'constructor:x']],
  ])('%j is read as %j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each(['year:20x9', 'year:2019-2015', 'year:0000', 'year:99999', '-year:2019', 'year:"the nineties"'])(
    'names what it leaves out of %j',
    (text) => {
      const { years, remarks } = parseQuery(`halo ${text}`);
      expect(years).toBeNull();
      expect(remarks).toHaveLength(1);
      expect(remarks[0]).toContain(`“${text}”`);
      expect(read(`halo ${text}`)).toEqual(['halo']);
    },
  );

  it('holds no half characters, however it is cut', () => {
    for (const text of ['\ud800', 'x\udc00y', '🎵'.repeat(100), `a${'🎵'.repeat(200)}`, 'ﷺ'.repeat(200)])
      for (const word of read(text)) expect(Buffer.from(word).toString()).toBe(word);
  });
});
