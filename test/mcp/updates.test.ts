import { McpServer } from '@modelcontextprotocol/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sendUpdates, spacedOut } from '../../src/mcp/updates.ts';
import type { Division } from '../../src/ports.ts';
import { type Connection, connectedClient, type Era, eras } from './connected-client.ts';

describe('updates spaced out', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('tells the first change at once, then at most one an interval and address, and always the last', () => {
    const told: string[] = [];
    const spaced = spacedOut(
      address => told.push(`${address}@${performance.now()}`),
      address => (address === 'slow' ? 10_000 : 1000),
    );
    const begin = performance.now();
    const at = (address: string, ms: number) => `${address}@${begin + ms}`;
    spaced.changed('a');
    spaced.changed('slow');
    expect(told).toEqual([at('a', 0), at('slow', 0)]);
    for (let change = 0; change < 25; change += 1) {
      vi.advanceTimersByTime(100);
      spaced.changed('a');
      spaced.changed('slow');
    }
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual([at('a', 0), at('slow', 0), at('a', 1000), at('a', 2000), at('a', 3000), at('slow', 10_000)]);
  });

  it('tells nothing after it is stopped', () => {
    const told: string[] = [];
    const spaced = spacedOut(
      address => told.push(address),
      () => 1000,
    );
    spaced.changed('a');
    spaced.changed('a');
    spaced.stop();
    vi.advanceTimersByTime(5000);
    expect(told).toEqual(['a']);
  });
});

/** The one face of the directory that updates use. */
function changeFeed() {
  const listeners = new Set<(address: string) => void>();
  const division: Pick<Division, 'onChange'> = {
    onChange: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const change = (address: string) => {
    for (const listener of listeners) listener(address);
  };
  return { division, change, listeners };
}

async function subscriber(connection: Connection, era: Era, uris: string[]) {
  const heard: string[] = [];
  connection.client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    heard.push(params.uri);
  });
  if (era === 'modern') {
    const listening = await connection.client.listen({ resourceSubscriptions: uris });
    return { heard, stop: () => listening.close() };
  }
  for (const uri of uris) await connection.client.subscribeResource({ uri });
  const stop = async () => {
    for (const uri of uris) await connection.client.unsubscribeResource({ uri });
  };
  return { heard, stop };
}

describe.each(eras)('subscriptions, %s era', era => {
  it('hear what they named, and what changes with it, until they are ended', async () => {
    const { division, change, listeners } = changeFeed();
    const connection = await connectedClient(servedEra => {
      const server = new McpServer(
        { name: 'test', version: '1' },
        { capabilities: { resources: { subscribe: true } } },
      );
      sendUpdates(server, async () => division, {
        era: servedEra,
        alsoChanged: address => (address === 'gm://operations/op-1' ? ['gm://division/state'] : []),
        isReadLive: () => false,
        onUnexpected: () => undefined,
      });
      return server;
    }, era);
    const { heard, stop } = await subscriber(connection, era, ['gm://division/state', 'gm://plans/p']);
    change('gm://operations/op-1');
    change('gm://operations/op-2');
    change('gm://plans/p');
    await vi.waitFor(() => expect(heard.toSorted()).toEqual(['gm://division/state', 'gm://plans/p']), 20_000);
    change('gm://plans/p');
    await vi.waitFor(() => expect(heard).toHaveLength(3), { timeout: 5000 });
    await stop();
    change('gm://division/state');
    await connection.client.listResources();
    expect(heard).toHaveLength(3);
    await connection.close();
    await vi.waitFor(() => expect(listeners.size).toBe(0), 20_000);
  });
});
