import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileView } from '../../src/web/page/compile-view.ts';

const VIEWS = path.resolve(import.meta.dirname, '../../views');
const views = readdirSync(VIEWS, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ejs'))
  .map((file) => ({ file, source: readFileSync(path.join(VIEWS, file), 'utf8') }));

/** Each view that breaks a rule, with what breaks it. */
const offenders = (breach: (source: string) => string | undefined) =>
  views.flatMap(({ file, source }) => {
    const found = breach(source);
    return found === undefined ? [] : [`${file}: ${found}`];
  });

const firstOf = (source: string, pattern: RegExp, fits: RegExp): string | undefined =>
  [...source.matchAll(pattern)].map(([, part = '']) => part).find((part) => !fits.test(part));

describe('every view', () => {
  it('compiles, whatever its names', () => {
    expect(() => views.map(({ file }) => compileView(file))).not.toThrow();
  });

  it('is sent without the layout of its lines, and so has none where a browser would show it', () => {
    const footer = compileView('partials/footer.ejs')({ helpers: {}, page: {}, given: {}, include: String });
    expect(footer.split('\n').filter((line) => line.trim() !== line)).toEqual([]);
    expect(
      offenders((source) => /<(pre|textarea)\b[^>]*>(?:(?!<\/\1)[\s\S])*\n[ \t]/.exec(source)?.[0]),
    ).toEqual([]);
  });

  it('prints unescaped only what is safe by itself: views, the body, JSON for a script', () => {
    const safe = /^(?:include\(|body\b|jsonForScript\()/;
    expect(offenders((source) => firstOf(source, /<%-\s*(.+)/g, safe))).toEqual([]);
  });

  it('holds no style, script or handler of its own, which the content security policy would stop', () => {
    const own = /\sstyle=|<style|\son[a-z]+=|javascript:/i;
    expect(offenders((source) => own.exec(source)?.[0])).toEqual([]);
    const fits = /src="<%= asset\(|type="application\/json"/;
    expect(offenders((source) => firstOf(source, /<script\b([^>]*)/g, fits))).toEqual([]);
  });

  it('quotes every attribute it fills in', () => {
    expect(offenders((source) => /\s[\w-]+=<%[=-]/.exec(source)?.[0])).toEqual([]);
  });

  it('sends the token with every form', () => {
    const forms = /<form\b[^>]*method="post"/g;
    const tokens = /include\('(?:partials\/)?csrf'\)/g;
    const count = (source: string, pattern: RegExp): number => source.match(pattern)?.length ?? 0;
    const short = (source: string) => count(source, forms) - count(source, tokens);
    expect(offenders((source) => (short(source) === 0 ? undefined : `${short(source)} short`))).toEqual([]);
  });

  it('stays short enough to be read at a glance', () => {
    const lines = (source: string): number => source.split('\n').length;
    expect(offenders((source) => (lines(source) <= 61 ? undefined : `${lines(source)} lines`))).toEqual([]);
  });
});
