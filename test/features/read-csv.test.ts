import { describe, expect, it } from 'vitest';
import { readFeatureFile } from '../../src/features/read-csv.ts';

const A = 'a'.repeat(22);
const B = 'b'.repeat(22);
const ODD = 'spotify:local:a:b:c:1';

/** In pieces of seven bytes, so that nothing depends on where one ends. */
async function* inPieces(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}
async function* inLargePieces(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}
const read = (text: string | Buffer) =>
  readFeatureFile(inPieces(Buffer.from(text as string)), (id) => id === ODD);
const tracksIn = async (text: string | Buffer) => Object.fromEntries((await read(text)).tracks);
const reasonsIn = async (...lines: string[]) =>
  (await read(['track_id,energy,tempo,key', ...lines].join('\n'))).badLines.map(
    ({ line, reason }) => `${line}: ${reason}`,
  );

describe('a file', () => {
  it('is read by its header, whatever the order and the case; what is left empty is not known', async () => {
    const file = await read(
      `Tempo,Track ID,name,Energy,mood\n120.5,${A},"Song, the ""one""",,x\n,${B},,0,\n`,
    );
    expect(Object.fromEntries(file.tracks)).toEqual({ [A]: { tempo: 120.5 }, [B]: { energy: 0 } });
    expect(file).toMatchObject({ ignored: ['name', 'mood'], badLineCount: 0, repeated: 0 });
  });

  it.each([
    ['an id', A],
    ['a URI', `spotify:track:${A}`],
    ['an address', `https://open.spotify.com/track/${A}`],
    ['an address in another language, with its tail', `https://open.spotify.com/intl-de/track/${A}?si=1`],
  ])('names a track by %s', async (_, written) => {
    expect(await tracksIn(`track_id,energy\n${written},0.5`)).toEqual({ [A]: { energy: 0.5 } });
  });

  it('may speak of what stands in the library by another id', async () => {
    expect(await tracksIn(`track_id,energy\n${ODD},0.5`)).toEqual({ [ODD]: { energy: 0.5 } });
  });

  it.each([
    ['a first line that says what parts the values', `sep=;\r\ntrack_id;energy;tempo\r\n${A};0,5;120,25`],
    ['the same after a byte order mark', `\uFEFFsep=;\ntrack_id;energy;tempo\n${A};0,5;120,25`],
    ['semicolons and decimal commas', `track_id;energy;tempo\n${A};0,5;120,25`],
    ['tabs', `track_id\tenergy\ttempo\n${A}\t0.5\t120.25`],
    ['a byte order mark and CRLF', `\uFEFFtrack_id,energy,tempo\r\n${A},0.5,120.25\r\n`],
    ['old Mac line ends', `track_id,energy,tempo\r${A},0.5,120.25\r`],
    ['spaces around values', ` track_id , energy , tempo \n ${A} , 0.5 , 120.25 `],
    ['empty lines', `\n\ntrack_id,energy,tempo\n\n${A},0.5,120.25\n\n`],
    ['the ’ a spreadsheet was shown', `track_id,energy,tempo,loudness\n${A},0.5,120.25,'-7`],
  ])('may come with %s', async (_, text) => {
    expect(await tracksIn(text)).toMatchObject({ [A]: { energy: 0.5, tempo: 120.25 } });
  });

  it('is not bad where a line leaves every feature empty, or finds no key', async () => {
    const file = await read(`track_id,energy,key\n${A},,\n${B},,-1\n`);
    expect([file.tracks.size, file.blank, file.badLineCount]).toEqual([0, 2, 0]);
  });

  it('says how often it speaks of a track again: the later line counts', async () => {
    const file = await read(`track_id,energy\n${A},0.1\nspotify:track:${A},0.2`);
    expect([file.tracks.get(A), file.repeated]).toEqual([{ energy: 0.2 }, 1]);
  });

  it.each([
    ['nothing', '', /first line must name/],
    ['only empty lines', '\n\n', /first line must name/],
    ['no track_id', `energy,tempo\n1,2`, /first line must name/],
    ['no header', `${A},0.5`, /first line must name/],
    ['no feature', `track_id,name\n${A},x`, /no column with an audio feature/],
    ['a column twice', `track_id,energy,Energy\n${A},1,1`, /“energy” twice/],
    ['two columns of ids', `track_id,track_uri,energy\n${A},${A},1`, /“track_id” twice/],
    ['Latin-1', Buffer.from(`track_id,energy,name\n${A},0.5,\u00e9`, 'latin1'), /UTF-8/],
    ['UTF-16', Buffer.from(`track_id,energy\n${A},0.5`, 'utf16le'), /UTF-8/],
    ['a ZIP', Buffer.from('504b0304140000000800', 'hex'), /UTF-8|first line must name/],
  ])('with %s is refused as a whole', async (_, text, message) => {
    await expect(read(text)).rejects.toMatchObject({ status: 400, message: expect.stringMatching(message) });
  });
});

describe('a bad line', () => {
  it('is told of by its number, and costs no other', async () => {
    const text = `track_id,energy,tempo,key\n${A},0.5,120,1\n${B},7,120,1\nx,0.5,,\n${B},0.25,,`;
    const file = await read(text);
    expect(file.badLines).toEqual([
      { line: 3, reason: 'energy is “7”, not a number from 0 to 1' },
      { line: 4, reason: expect.stringContaining('track_id is “x”') },
    ]);
    expect(Object.fromEntries(file.tracks)).toEqual({
      [A]: { energy: 0.5, tempo: 120, key: 1 },
      [B]: { energy: 0.25 },
    });
  });

  it.each([
    ['-0.1,,', 'energy is “-0.1”, not a number from 0 to 1'],
    ['abc,,', 'energy is “abc”, not a number from 0 to 1'],
    ['0x1,,', 'energy is “0x1”, not a number from 0 to 1'],
    ['NaN,,', 'energy is “NaN”, not a number from 0 to 1'],
    ['1e999,,', 'energy is “1e999”, not a number from 0 to 1'],
    ['"0,5",,', 'energy is “0,5”, not a number from 0 to 1'],
    [',0,', 'tempo is “0”, not a number from 1 to 400 (BPM)'],
    [',,12', 'key is “12”, not a whole number from 0 (C) to 11 (B), or -1 for none'],
    [',,1.5', 'key is “1.5”, not a whole number from 0 (C) to 11 (B), or -1 for none'],
    ['2,500,', 'energy is “2”, not a number from 0 to 1; tempo is “500”, not a number from 1 to 400 (BPM)'],
    ['0.5', 'it has 2 values, but the header has 4 columns'],
    ['0.5,,,x', 'it has 5 values, but the header has 4 columns'],
    [`${'9'.repeat(100)},,`, `energy is “${'9'.repeat(40)}…”, not a number from 0 to 1`],
  ])('with %s says what was wrong', async (values, reason) => {
    expect(await reasonsIn(`${A},${values}`)).toEqual([`2: ${reason}`]);
  });

  it('keeps its number behind values of several lines', async () => {
    const file = await read(`track_id,energy,name\n${A},0.5,"two\nlines"\n${B},9,x\n`);
    expect(file.badLines).toEqual([{ line: 4, reason: 'energy is “9”, not a number from 0 to 1' }]);
  });

  it('with quotation marks where none belong, or as long as a book, is judged as a whole', async () => {
    const quotes = 'its quotation marks do not match';
    expect(await reasonsIn(`${A},0.5,,`, `${B},0"5,,`, `${B},"0"5,,`, `${B},0.1,,`, `${B},9,,`)).toEqual([
      `3: ${quotes}`,
      `4: ${quotes}`,
      '6: energy is “9”, not a number from 0 to 1',
    ]);
    expect(await reasonsIn(`${A},0.5,,`, `${B},"0.5,,`, `${B},0.5,,`)).toEqual([`3: ${quotes}`]);
    const begun = performance.now();
    const file = await readFeatureFile(
      inLargePieces(
        `track_id,energy\n${A},0.5\n${B},${'9'.repeat(4_000_000)}\n${B},0.25\n${'"x"y,\n'.repeat(20_000)}`,
      ),
      () => false,
    );
    expect(performance.now() - begun).toBeLessThan(10_000);
    expect([file.badLines[0]?.line, file.badLineCount]).toEqual([3, 20_001]);
    expect(Object.fromEntries(file.tracks)).toEqual({ [A]: { energy: 0.5 }, [B]: { energy: 0.25 } });
  });

  it('is counted with all others, and the first twenty are told of', async () => {
    const file = await read(`track_id,energy\n${`${A},9\n`.repeat(500)}${B},0.5\n`);
    expect([file.badLineCount, file.badLines.length, file.tracks.size]).toEqual([500, 20, 1]);
    expect(file.badLines.at(-1)?.line).toBe(21);
  });
});

/** What this process has worked, however much else the machine does. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

describe('a file made to take long', () => {
  const MEGABYTES = 5;
  const filled = (line: string): string =>
    `track_id,energy\n${A},0.5\n${line.repeat(Math.ceil((MEGABYTES * 1024 * 1024) / line.length))}`;

  it.each([
    ['a mark in the middle of each line', 'a"b\n'],
    ['two marks on each line', '""\n'],
    ['a mark at the beginning of each line', '"a\n'],
    ['nothing but marks', '"'],
    ['one line', 'x'],
    ['half-closed values', '"a"b,"c\n'],
    ['marks of two lines', '"\n"x\n'],
    ['line ends', '\n\r\n'],
  ])('with %s is read at once, and holds up nobody meanwhile', async (_what, line) => {
    const text = filled(line);
    let [longest, last, going] = [0, processorMs(), true];
    const watch = (): void => {
      const now = processorMs();
      [longest, last] = [Math.max(longest, now - last), now];
      if (going) setImmediate(watch);
    };
    setImmediate(watch);
    const begun = processorMs();
    const ending = await readFeatureFile(inLargePieces(text), () => false).then(
      ({ tracks }) => `${tracks.size} track`,
      (error: Error) => error.message,
    );
    going = false;
    // Of 8 to 14 seconds for a fifth of such a file.
    expect(processorMs() - begun).toBeLessThan(8_000);
    expect(longest).toBeLessThan(400);
    expect(ending).toMatch(/^1 track$|lines cannot be read/);
  });
});

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`track_id,energy\n${A},0.5\n`);
  throw new Error('hung up');
}

it('a file that breaks off is no file', async () => {
  await expect(readFeatureFile(broken(), () => false)).rejects.toThrow('hung up');
});
