import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const VIEWS = path.resolve(import.meta.dirname, '../../views');
const files = readdirSync(VIEWS, { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ejs'),
);

describe.each(files)('views/%s', (file) => {
  const source = readFileSync(path.join(VIEWS, file), 'utf8');

  it('prints unescaped only what is safe by itself: views, the body, JSON for a script', () => {
    for (const [, printed] of source.matchAll(/<%-\s*(.+)/g)) {
      expect(printed).toMatch(/^(?:include\(|body\b|jsonForScript\()/);
    }
  });

  it('holds no style, script or handler of its own, which the content security policy would stop', () => {
    expect(source).not.toMatch(/\sstyle=|<style|\son[a-z]+=|javascript:/i);
    for (const [, attributes] of source.matchAll(/<script\b([^>]*)/g)) {
      expect(attributes).toMatch(/src="<%= asset\(|type="application\/json"/);
    }
  });

  it('quotes every attribute it fills in', () => {
    expect(source).not.toMatch(/\s[\w-]+=<%[=-]/);
  });

  it('sends the token with every form', () => {
    const forms = source.match(/<form\b[^>]*method="post"/g)?.length ?? 0;
    expect(source.match(/include\('(?:partials\/)?csrf'\)/g)?.length ?? 0).toBe(forms);
  });

  it('stays short enough to be read at a glance', () => {
    expect(source.split('\n').length).toBeLessThanOrEqual(61);
  });
});
