import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openKnowledge } from '../../../src/division/knowledge/knowledge.ts';
import { knowledgeFiles } from '../../../src/model/knowledge.ts';
import { commonPattern } from '../../decisions/knowledge/patterns.ts';
import { FailingDisk } from '../fixtures/failing-disk.ts';
import { startFixture } from '../fixtures/processes.ts';
import { aLesson, aRecordedLesson, quiet, withDirectory } from './lessons.ts';

const folderOf = (directory: string): string => join(directory, 'knowledge-base');
const linesOf = async (directory: string): Promise<string[]> =>
  (await readFile(join(folderOf(directory), 'cluster-patterns.jsonl'), 'utf8')).split('\n').filter(line => line !== '');

/** Lays a file into the knowledge base. */
async function lay(directory: string, file: string, text: string): Promise<void> {
  await mkdir(folderOf(directory), { recursive: true });
  await writeFile(join(folderOf(directory), file), text);
}

describe('the files of the knowledge base', () => {
  it('R288, R293, R297: init makes all five, whole and readable; R299: again it changes nothing', async () => {
    await withDirectory(async directory => {
      const knowledge = openKnowledge(directory, { log: quiet });
      await knowledge.init();
      expect((await readdir(folderOf(directory))).sort()).toEqual([...knowledgeFiles].sort());
      for (const file of knowledgeFiles) expect(await knowledge.file(file)).toEqual({ entries: [], problems: [] });
      const mine = '{"made_by":"another tool","entries":[{"entry_id":"x","text":"kept"}]}';
      await lay(directory, 'talos-operations.json', mine);
      await knowledge.init();
      expect(await readFile(join(folderOf(directory), 'talos-operations.json'), 'utf8')).toBe(mine);
    });
  });

  it('nothing is made by reading', async () => {
    await withDirectory(async directory => {
      const knowledge = openKnowledge(directory, { log: quiet });
      expect(await knowledge.patterns()).toEqual({ patterns: [], problems: [] });
      expect(await readdir(directory)).toEqual([]);
    });
  });

  it('R289: two lessons are two lines, each one compact object', async () => {
    await withDirectory(async directory => {
      const knowledge = openKnowledge(directory, { log: quiet });
      await knowledge.record(aRecordedLesson('One'));
      await knowledge.record(aRecordedLesson('Two'));
      const lines = await linesOf(directory);
      expect(lines.map(line => JSON.parse(line).pattern_id)).toEqual(['one', 'two']);
    });
  });

  it('R289: a corrupt line is skipped and reported, and the file is set aside before it is written anew', async () => {
    await withDirectory(async directory => {
      const text = `${JSON.stringify(commonPattern)}\n{"pattern_id":"torn","na\n`;
      await lay(directory, 'cluster-patterns.jsonl', text);
      const knowledge = openKnowledge(directory, { log: quiet });
      const { patterns, problems } = await knowledge.patterns();
      expect(patterns.map(({ patternId }) => patternId)).toEqual([commonPattern.pattern_id]);
      expect(problems).toEqual([{ file: 'cluster-patterns.jsonl', line: 2, reason: 'is not JSON' }]);
      await knowledge.record(aRecordedLesson('One'));
      const quarantine = join(folderOf(directory), 'quarantine');
      const [kept = '', reason = ''] = (await readdir(quarantine)).sort();
      expect(await readFile(join(quarantine, kept), 'utf8')).toBe(text);
      expect(await readFile(join(quarantine, reason), 'utf8')).toBe('line 2 is not JSON\n');
      const lines = await linesOf(directory);
      expect(lines.map(line => JSON.parse(line).pattern_id)).toEqual([commonPattern.pattern_id, 'one']);
      await knowledge.record(aRecordedLesson('Two'));
      expect(await readdir(quarantine), 'once').toHaveLength(2);
    });
  });

  it.each([
    ['no JSON at all', 'not json', {}],
    ['entries that are no list', '{"owner":"sre","entries":"many"}', { owner: 'sre' }],
  ])('%s: reported, set aside, written anew', async (_title, text, others) => {
    await withDirectory(async directory => {
      await lay(directory, 'incident-responses.json', text);
      const knowledge = openKnowledge(directory, { log: quiet });
      expect((await knowledge.patterns()).problems).toMatchObject([{ file: 'incident-responses.json' }]);
      expect(await knowledge.keep('incident-responses.json', { entry_id: 'i-1', at: 'now' })).toBe(true);
      const written = JSON.parse(await readFile(join(folderOf(directory), 'incident-responses.json'), 'utf8'));
      expect(written).toEqual({ record_version: 1, ...others, entries: [{ entry_id: 'i-1', at: 'now' }] });
      const [kept = ''] = (await readdir(join(folderOf(directory), 'quarantine'))).sort();
      expect(await readFile(join(folderOf(directory), 'quarantine', kept), 'utf8')).toBe(text);
    });
  });

  it('what others wrote stays: fields, order, lines that are no patterns, lists without a name', async () => {
    await withDirectory(async directory => {
      const stranger = { kind: 'comment', text: 'no pattern at all' };
      await lay(
        directory,
        'cluster-patterns.jsonl',
        `${JSON.stringify(stranger)}\n${JSON.stringify(commonPattern, null, 2)}\n`,
      );
      await lay(directory, 'deployment-strategies.json', JSON.stringify([{ id: 'blue-green', name: 'Blue-green' }]));
      const knowledge = openKnowledge(directory, { log: quiet });
      await knowledge.record(aRecordedLesson('One'));
      await knowledge.keep('deployment-strategies.json', { entry_id: 'd-1', at: 'now' });
      const lines = (await linesOf(directory)).map(line => JSON.parse(line));
      expect(lines.slice(0, 2)).toEqual([stranger, commonPattern]);
      const { entries } = await knowledge.file('deployment-strategies.json');
      expect(entries).toEqual([
        { id: 'blue-green', name: 'Blue-green' },
        { entry_id: 'd-1', at: 'now' },
      ]);
    });
  });

  it('a link in place of a file is not followed', async () => {
    await withDirectory(async directory => {
      await mkdir(folderOf(directory), { recursive: true });
      await writeFile(join(directory, 'elsewhere'), '');
      await symlink(join(directory, 'elsewhere'), join(folderOf(directory), 'cluster-patterns.jsonl'));
      const knowledge = openKnowledge(directory, { log: quiet });
      await expect(knowledge.record(aRecordedLesson('One'))).rejects.toMatchObject({ code: 'INTERNAL' });
      expect(await readFile(join(directory, 'elsewhere'), 'utf8')).toBe('');
    });
  });
});

describe('what is kept', () => {
  it('no secret: it is taken out before it is written', async () => {
    await withDirectory(async directory => {
      const secret = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789';
      const knowledge = openKnowledge(directory, { log: quiet });
      await knowledge.record(aRecordedLesson('One', { summary: `the key was ${secret}` }));
      await knowledge.keep('incident-responses.json', {
        entry_id: 'i-1',
        at: 'now',
        steps: [{ text: `token=${secret}` }],
      });
      const lesson = aLesson('op-1', 'failed');
      await knowledge.learn({ ...lesson, operation: { ...lesson.operation, stopped: { code: 'X', reason: secret } } });
      for (const file of knowledgeFiles) {
        const text = await readFile(join(folderOf(directory), file), 'utf8').catch(() => '');
        expect(text).not.toContain(secret);
      }
      expect(await linesOf(directory)).toHaveLength(2);
    });
  });

  it('R292: an entry once; of samples as many hours and days as stay, each on a line of its own', async () => {
    await withDirectory(async directory => {
      const entries = Array.from({ length: 61 * 24 }, (_, index) => ({
        entry_id: `s-${index}`,
        at: new Date(index * 3_600_000).toISOString(),
        cluster: 'prod',
        requested: { cpu_millis: 1, memory_bytes: 1 },
      }));
      await lay(directory, 'capacity-planning.json', JSON.stringify({ about: 'ours', entries }));
      const knowledge = openKnowledge(directory, { log: quiet });
      expect(await knowledge.keep('capacity-planning.json', { ...entries[9], entry_id: 's-9', at: 'again' })).toBe(
        false,
      );
      const next = { entry_id: 'new', at: new Date(61 * 86_400_000).toISOString(), cluster: 'prod' };
      expect(await knowledge.keep('capacity-planning.json', next)).toBe(true);
      const kept = (await knowledge.file('capacity-planning.json')).entries;
      expect(kept).toHaveLength(1 + 60 * 24 + 1);
      expect(kept[0]).toMatchObject({ span: 'day', hours: 24 });
      expect(kept.at(-1)).toEqual(next);
      const text = await readFile(join(folderOf(directory), 'capacity-planning.json'), 'utf8');
      expect(text.split('\n')).toHaveLength(kept.length + 3);
      expect(JSON.parse(text)).toMatchObject({ about: 'ours', record_version: 1 });
    });
  });

  it('of patterns 1,000: ours that nothing touched for longest go first, others’ stay', async () => {
    await withDirectory(async directory => {
      const others = Array.from({ length: 600 }, (_, index) => ({ pattern_id: `theirs-${index}`, name: 'x' }));
      const ours = Array.from({ length: 400 }, (_, index) => ({
        pattern_id: `ours-${index}`,
        name: 'x',
        kept_by: 'lesson',
        updated_at: new Date((index === 7 ? -1 : index) * 1000).toISOString(),
      }));
      const text = [...others, ...ours].map(pattern => `${JSON.stringify(pattern)}\n`).join('');
      await lay(directory, 'cluster-patterns.jsonl', text);
      const knowledge = openKnowledge(directory, { log: quiet });
      await knowledge.record(aRecordedLesson('One'));
      const ids = (await linesOf(directory)).map(line => JSON.parse(line).pattern_id);
      expect(ids).toHaveLength(1000);
      expect(ids.filter(id => id.startsWith('theirs-'))).toHaveLength(600);
      expect(ids).not.toContain('ours-7');
      expect(ids).toContain('one');
    });
  });

  it('past incidents, deployments and Talos operations are found as patterns are; samples are not', async () => {
    await withDirectory(async directory => {
      const knowledge = openKnowledge(directory, { log: quiet });
      await knowledge.keep('incident-responses.json', { entry_id: 'i-1', at: 'now', summary: 'etcd lost quorum' });
      await knowledge.keep('capacity-planning.json', { entry_id: 's-1', at: 'now', summary: 'a sample' });
      const { patterns } = await knowledge.patterns();
      expect(patterns).toMatchObject([{ patternId: 'i-1', file: 'incident-responses.json', successRate: undefined }]);
    });
  });
});

describe('several writers', () => {
  it('R299: two processes, 100 writes each and more from here: nothing is lost, everything is valid', async () => {
    await withDirectory(async directory => {
      const script = '../knowledge/fixtures/learn-again-and-again.ts';
      const others = [startFixture(script, [directory, 'a']), startFixture(script, [directory, 'b'])];
      const knowledge = openKnowledge(directory, { log: quiet });
      await Promise.all(Array.from({ length: 20 }, (_, index) => knowledge.learn(aLesson(`c-${index}`))));
      for (const { said } of others) expect(await said).toBe('done');
      const [line = '', ...more] = await linesOf(directory);
      expect(more).toEqual([]);
      expect(JSON.parse(line)).toMatchObject({ observations: 220, outcomes: { succeeded: 170, failed: 50 } });
      expect((await knowledge.file('capacity-planning.json')).entries).toHaveLength(200);
      expect(await readdir(join(folderOf(directory), 'writing'))).toEqual([]);
    });
  }, 60_000);

  it('a writer that was killed in its turn holds up nobody, and leaves the file whole', async () => {
    await withDirectory(async directory => {
      const script = '../knowledge/fixtures/learn-again-and-again.ts';
      const other = startFixture(script, [directory, 'a']);
      const knowledge = openKnowledge(directory, { log: quiet });
      await expect.poll(() => linesOf(directory).catch(() => []), { timeout: 20_000 }).toHaveLength(1);
      await other.end('SIGKILL');
      expect(await knowledge.learn(aLesson('mine'))).toBe(true);
      const [line = ''] = await linesOf(directory);
      expect(JSON.parse(line).operations.at(-1)).toMatchObject({
        operation_id: expect.stringMatching(/^(mine|a-\d+)$/),
      });
      expect(JSON.parse(line).observations).toBeGreaterThanOrEqual(2);
    });
  }, 60_000);
});

describe('a disk that refuses', () => {
  it('leaves what was there, says so, and is in no later writer’s way', async () => {
    await withDirectory(async directory => {
      const disk = new FailingDisk();
      const knowledge = openKnowledge(directory, { log: quiet, fileSystem: disk });
      await knowledge.record(aRecordedLesson('One'));
      const before = await linesOf(directory);
      disk.failNext('rename', 'ENOSPC');
      await expect(knowledge.record(aRecordedLesson('Two'))).rejects.toMatchObject({ code: 'INTERNAL' });
      expect(await linesOf(directory)).toEqual(before);
      expect((await readdir(folderOf(directory))).sort()).toEqual(['cluster-patterns.jsonl', 'writing']);
      await knowledge.record(aRecordedLesson('Two'));
      expect(await linesOf(directory)).toHaveLength(2);
    });
  });
});
