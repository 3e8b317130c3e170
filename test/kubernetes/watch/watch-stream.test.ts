import { describe, expect, test } from 'vitest';
import { compareVersions } from '../../../src/kubernetes/watch/resource-version.ts';
import { bookmark, event, listed, podAt, refused, type Script, scriptedWatch, streamed } from './scripted-watch.ts';
import { eventually, podNames, QUICK } from './watch-fixture.ts';

const knows = (watch: { facts(): Parameters<typeof podNames>[0] }, ...names: string[]) =>
  eventually(() => {
    const facts = watch.facts();
    return facts !== undefined && podNames(facts).join() === names.join() ? facts : undefined;
  });

const open = streamed(bookmark('10'));
const listsAfter = (asked: readonly { isWatch: boolean }[]) => asked.filter(({ isWatch }) => !isWatch).length;

describe('what is asked', () => {
  test('pages of the most recent, then a watch from there with bookmarks and an end', async () => {
    const paged: Script = (response, { query }) => {
      const isFirst = query.get('continue') === null;
      const metadata = { resourceVersion: '10', ...(isFirst && { continue: 'more' }) };
      response.end(JSON.stringify({ metadata, items: [podAt(isFirst ? 'a' : 'b', '9')] }));
    };
    const { watch, asked } = await scriptedWatch({ lists: [paged], watches: [open] });
    await knows(watch, 'a', 'b');
    expect(asked.map(({ query }) => query.get('continue'))).toEqual([null, 'more', null]);
    expect(asked.every(({ query, isWatch }) => isWatch || query.get('resourceVersion') === null)).toBe(true);
    const query = Object.fromEntries(asked[2]?.query ?? []);
    expect(query).toMatchObject({ watch: 'true', allowWatchBookmarks: 'true', resourceVersion: '10' });
    expect(Number(query.timeoutSeconds)).toBeGreaterThanOrEqual((QUICK.watchMs / 1000) * 0.8);
    expect(Number(query.timeoutSeconds)).toBeLessThanOrEqual(QUICK.watchMs / 1000);
  });

  test('a watch that the server ends is gone on with from its bookmark, without a list', async () => {
    const ended: Script = response => response.end(event('ADDED', podAt('b', '11')) + bookmark('20'));
    const { watch, asked } = await scriptedWatch({
      lists: [listed('10', 'a')],
      watches: [ended, streamed(bookmark('20'))],
    });
    await knows(watch, 'a', 'b');
    await eventually(() => (asked.length === 3 ? true : undefined));
    expect(asked[2]?.query.get('resourceVersion')).toBe('20');
  });
});

describe('what makes everything be listed anew, atomically', () => {
  const causes: [string, Script][] = [
    ['410 at once', refused(410)],
    ['410 in the stream', streamed(event('ERROR', { kind: 'Status', code: 410, reason: 'Expired' }))],
    ['a line that is no JSON', streamed(event('ADDED', podAt('x', '11')), '{"type":"ADDED"\n')],
    ['a line that is no event', streamed('[]\n')],
    ['half a line at the end', response => response.end('{"type":"ADD')],
    ['an object without a name', streamed(event('ADDED', { metadata: { resourceVersion: '11', uid: 'u' } }))],
    ['an object without a resourceVersion', streamed(event('ADDED', { metadata: { name: 'x', uid: 'u' } }))],
    ['an event of no known type', streamed(event('CHANGED', podAt('x', '11')))],
    ['a resourceVersion that goes back (etcd restored)', streamed(event('MODIFIED', podAt('x', '9')))],
    ['a bookmark that goes back', streamed(bookmark('9'))],
    ['a connection that breaks', response => response.socket?.resetAndDestroy()],
  ];
  test.each(causes)('%s', async (_, cause) => {
    const { watch, asked } = await scriptedWatch({
      lists: [listed('10', 'deleted', 'kept'), listed('30', 'kept', 'new')],
      watches: [cause, streamed(bookmark('30'))],
    });
    await knows(watch, 'kept', 'new');
    expect(asked.map(({ isWatch }) => (isWatch ? 'watch' : 'list'))).toEqual(['list', 'watch', 'list', 'watch']);
    expect(asked.at(-1)?.query.get('resourceVersion')).toBe('30');
  });

  const dribbling: Script = (response, asked) => {
    streamed()(response, asked);
    const drip = setInterval(() => response.write('\n'), 100);
    response.on('close', () => clearInterval(drip));
  };
  test.each([
    ['nothing', streamed()],
    ['no event', dribbling],
  ])('a connection in which %s comes is given up, and not believed meanwhile', async (_, silent) => {
    const { watch, asked, reasons } = await scriptedWatch({
      lists: [listed('10', 'a'), listed('30', 'b')],
      watches: [silent, streamed(bookmark('30'))],
    });
    await knows(watch, 'a');
    const listedAtMs = asked[0]?.atMs ?? 0;
    await eventually(() => (watch.facts() === undefined ? true : undefined));
    expect(performance.now() - listedAtMs).toBeLessThan(QUICK.silenceMs + 250);
    await knows(watch, 'b');
    expect(reasons()[0]).toContain('silent');
  });
});

test('a list that took longer than the silence bound is not told until the watch says something', async () => {
  const slow: Script = (response, asked) => void setTimeout(() => listed('10', 'a')(response, asked), 700);
  const late: Script = (response, asked) => {
    streamed()(response, asked);
    setTimeout(() => response.write(bookmark('10')), 300);
  };
  const { watch, asked } = await scriptedWatch({ lists: [slow], watches: [late] }, { ...QUICK, silenceMs: 600 });
  await eventually(() => (asked.length === 2 ? true : undefined));
  const openedAtMs = asked[1]?.atMs ?? 0;
  await eventually(() => watch.facts());
  expect(performance.now() - openedAtMs).toBeGreaterThanOrEqual(290);
});

describe('what is gone on with', () => {
  /** Two pages, so that a whole list is worth sparing. */
  const long =
    (resourceVersion: string, first: string): Script =>
    (response, { query }) => {
      const isFirst = query.get('continue') === null;
      const metadata = { resourceVersion, ...(isFirst && { continue: 'more' }) };
      response.end(JSON.stringify({ metadata, items: [podAt(isFirst ? first : 'z', '9')] }));
    };
  const broken: Script = (response, asked) => {
    streamed(event('ADDED', podAt('b', '11')))(response, asked);
    setTimeout(() => response.socket?.resetAndDestroy(), 50);
  };

  test('after a break, when one page shows that the server is not behind', async () => {
    const { watch, asked } = await scriptedWatch({
      lists: [long('10', 'a'), long('10', 'a'), long('12', 'a')],
      watches: [broken, streamed(event('ADDED', podAt('c', '12')))],
    });
    await knows(watch, 'a', 'b', 'c', 'z');
    expect(asked.map(({ isWatch }) => (isWatch ? 'watch' : 'list'))).toEqual([
      'list',
      'list',
      'watch',
      'list',
      'watch',
    ]);
    expect(asked.at(-1)?.query.get('resourceVersion')).toBe('11');
  });

  test('not when the server is behind: it was restored, and is listed whole', async () => {
    const { watch } = await scriptedWatch({
      lists: [long('10', 'a'), long('10', 'a'), long('7', 'old')],
      watches: [broken, streamed(bookmark('7'))],
    });
    await knows(watch, 'old', 'z');
  });

  test.each([
    ['429', refused(429, { 'Retry-After': '1' })],
    ['429 in the stream', streamed(event('ERROR', { kind: 'Status', code: 429, details: { retryAfterSeconds: 1 } }))],
  ])('after %s, not before its Retry-After', async (_, cause) => {
    const { watch, asked } = await scriptedWatch({ lists: [listed('10', 'a')], watches: [cause, open] });
    await knows(watch, 'a');
    await eventually(() => (asked.length === 3 ? true : undefined));
    expect((asked[2]?.atMs ?? 0) - (asked[1]?.atMs ?? 0)).toBeGreaterThanOrEqual(990);
    expect(listsAfter(asked)).toBe(1);
  });

  test('a right that is missing is asked for ever less often, and nothing is told meanwhile', async () => {
    const { watch, asked } = await scriptedWatch(
      { lists: [listed('10', 'a')], watches: [refused(403)] },
      { ...QUICK, longestPauseMs: 1000 },
    );
    await eventually(() => (asked.length >= 5 ? true : undefined));
    const [, first = 0, second = 0, third = 0, fourth = 0] = asked.map(({ atMs }) => atMs);
    expect(fourth - third).toBeGreaterThan(second - first);
    expect(watch.facts()).toBeUndefined();
    expect(listsAfter(asked)).toBe(1);
  });

  test('watches that end at once are not begun in a circle', async () => {
    const { asked } = await scriptedWatch(
      { lists: [listed('10', 'a')], watches: [response => response.end()] },
      { ...QUICK, longestPauseMs: 400 },
    );
    await eventually(() => (asked.length >= 4 ? true : undefined));
    const from = asked.length;
    const sinceMs = performance.now();
    await eventually(() => (asked.length >= from + 3 ? true : undefined));
    expect(performance.now() - sinceMs).toBeGreaterThan(400);
  });
});

test.each([
  ['9', '10', -1],
  ['10', '9', 1],
  ['10', '10', 0],
  ['99999999999999999998', '99999999999999999999', -1],
  ['', '10', undefined],
  ['10', 'abc', undefined],
  ['010', '9', undefined],
])('resourceVersion %s against %s', (left, right, order) => {
  const compared = compareVersions(left, right);
  expect(compared === undefined ? undefined : Math.sign(compared)).toBe(order);
});
