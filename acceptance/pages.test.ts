// The pages for people: the start page and the documentation, which need nothing from anywhere else.
import { granted, visitor } from './actors.ts';
import { shopUrl } from './target.ts';

const someone = visitor();

const REFERENCE = /<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)\s*=\s*["']([^"']+)["']/gi;
const INLINE_SCRIPT = /<script\b(?![^>]*\bsrc\s*=)[^>]*>\s*\S|\son[a-z]+\s*=\s*["']/i;

test.each(['/', '/docs'])('the page at %s is HTML, and all that it refers to is here', async (path) => {
  const page = await someone.get(path);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toMatch(/^text\/html\b/);
  expect(page.text).toMatch(/<title>\s*\S/);

  const references = [...page.text.matchAll(REFERENCE)].map(([, reference = '']) => reference);
  expect(references.length).toBeGreaterThan(0);
  for (const reference of references) {
    if (reference.startsWith('data:')) continue;
    const url = new URL(reference, page.url);
    expect(url.origin).toBe(new URL(shopUrl()).origin);
    const part = await someone.get(`${url.pathname}${url.search}`);
    expect({ reference, status: part.status }).toEqual({ reference, status: 200 });
    if (/\.(css|m?js)$/.test(url.pathname))
      expect(part.headers.get('content-type')).toMatch(
        /^(text\/css|text\/javascript|application\/javascript)\b/,
      );
  }
});

test.each(['/', '/docs'])(
  "no script stands in the page at %s, since the page's own policy forbids it",
  async (path) => {
    const page = await someone.get(path);
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self'(;|$)/);
    expect(page.text).not.toMatch(INLINE_SCRIPT);
  },
);

test('the documentation shows the document of this shop', async () => {
  const page = await someone.get('/docs');
  const scripts = [...page.text.matchAll(REFERENCE)].map(
    ([, reference = '']) => new URL(reference, page.url),
  );
  const own = scripts.filter(({ pathname }) => pathname.endsWith('initializer.js'));
  expect(own).toHaveLength(1);
  for (const { pathname } of own) {
    const { text } = await someone.get(pathname);
    expect(text).toContain('/openapi.json');
    expect(text).not.toMatch(/https?:/);
  }
  granted(await someone.get('/openapi.json'));
});
