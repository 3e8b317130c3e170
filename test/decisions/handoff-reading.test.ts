import { describe, expect, it } from 'vitest';
import { readHandoff } from '../../src/decisions/handoff-reading.ts';
import { corpus } from '../division/handoffs/corpus.ts';

describe('the corpus of handoff files', () => {
  it('has at least 60 files', () => {
    expect(corpus.length).toBeGreaterThanOrEqual(60);
    process.stdout.write(
      `handoff corpus: ${corpus.length} files, ${corpus.filter(file => file.unreadable).length} unreadable\n`,
    );
  });

  it.each(corpus.map(file => [file.name, file] as const))('D14, R166: %s reads as expected', (_name, expected) => {
    const reading = readHandoff(expected.bytes, expected.file);
    if (expected.unreadable !== undefined) {
      expect(reading).toBe(expected.unreadable);
      return;
    }
    if (typeof reading === 'string') throw new Error(reading);
    const fields: Record<string, unknown> = {
      id: reading.id,
      from: reading.from,
      to: reading.to,
      type: reading.type,
      priority: reading.priority,
      status: reading.status ?? null,
      task_id: reading.taskId ?? null,
      in_response_to: reading.inResponseTo ?? null,
      created_at: reading.createdAt ?? null,
      deadline: reading.deadline ?? null,
      summary: reading.summary,
      exact: reading.isExact,
      duplicate_keys: reading.duplicateKeys,
    };
    const wanted = { exact: true, duplicate_keys: [], ...expected.reads };
    if (!wanted.exact && wanted.duplicate_keys.length === 0) expect(reading.duplicateKeys).toEqual([]);
    expect(fields).toMatchObject(wanted);
    expect([...reading.problems].sort()).toEqual([...(expected.problems ?? [])].sort());
    expect(reading.id).toMatch(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/);
    expect(reading.hash).toMatch(/^[0-9a-f]{64}$/);
  });

  it('pollutes no prototype', () => {
    for (const { bytes, file } of corpus) readHandoff(bytes, file);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('R80, D14: the same content has one hash in every encoding and formatting, another content another', () => {
    const hashOf = (name: string): string | undefined => {
      const file = corpus.find(candidate => candidate.name === name);
      const reading = file && readHandoff(file.bytes, file.file);
      return typeof reading === 'object' ? reading.hash : undefined;
    };
    const same = ['utf8-bom', 'crlf', 'utf16le-bom', 'utf16be-bom', 'utf16le-no-bom', 'utf16be-no-bom'];
    expect(new Set(['coo-plain', ...same].map(hashOf)).size).toBe(1);
    expect(hashOf('coo-plain')).not.toBe(hashOf('status-spelled-out'));
    expect(hashOf('number-too-precise')).not.toBe(hashOf('number-infinite'));
  });
});
