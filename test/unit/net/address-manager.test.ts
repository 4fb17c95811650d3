import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseEndpoint } from '../../../src/net/address/endpoint.js';
import type { PeerAddress } from '../../../src/net/address/peer-address.js';
import { AddressManager } from '../../../src/net/address-manager/address-manager.js';
import {
  decodeTables,
  encodeTables,
  loadPeers,
  saveAnchors,
  savePeers,
  takeAnchors,
} from '../../../src/net/address-manager/peers-file.js';
import { makeRandom } from '../../../src/net/random.js';
import { toHex } from '../../../src/primitives/bytes.js';
import { NodeClock } from '../../../src/runtime/clock.js';
import { defined } from '../../../src/runtime/errors.js';
import { silentLogger } from '../../../src/runtime/logger.js';

const NOW = 1_700_000_000;
const DAY = 86_400;
const MAGIC = Uint8Array.of(1, 2, 3, 4);

function setUp() {
  const clock = new NodeClock();
  clock.setMockTime(NOW);
  const modules = { clock, logger: silentLogger, random: makeRandom(3) };
  return { clock, modules, manager: new AddressManager(modules) };
}

function told(text: string, changes: Partial<PeerAddress> = {}): PeerAddress {
  return { endpoint: defined(parseEndpoint(text, 8333), text), services: 9n, time: NOW, ...changes };
}

const SOURCE = told('250.1.2.1').endpoint.address;

describe('address manager', () => {
  it('finds what it was told, by host and port', () => {
    const { manager } = setUp();
    expect(manager.select()).toBeUndefined();
    expect(manager.add([told('250.1.1.1')], SOURCE)).toBe(true);
    expect(manager.add([told('250.1.1.1')], SOURCE)).toBe(false);
    expect(manager.add([told('250.1.1.1:8334')], SOURCE)).toBe(true);
    expect(manager.counts()).toEqual({ new: 2, tried: 0, total: 2 });
    expect(String(manager.select()?.address.endpoint)).toMatch(/^250\.1\.1\.1:833[34]$/);
  });

  it('keeps only routable addresses', () => {
    const { manager } = setUp();
    manager.add([told('127.0.0.1'), told('10.0.0.1'), told('[::1]:1')], SOURCE);
    expect(manager.size).toBe(0);
  });

  it('moves addresses to tried when they were connected to', () => {
    const { manager } = setUp();
    manager.add([told('250.1.1.1')], SOURCE);
    expect(manager.good(told('250.1.1.1').endpoint)).toBe(true);
    expect(manager.counts()).toEqual({ new: 0, tried: 1, total: 1 });
    expect(manager.select(true)).toBeUndefined();
    expect(manager.raw(true)).toMatchObject([{ address: '250.1.1.1', source: '250.1.2.1', network: 'ipv4' }]);
    manager.tables.check();
  });

  it('gives one source only few places', () => {
    const { manager } = setUp();
    const flood = Array.from({ length: 10_000 }, (_, i) => told(`${i % 200}.${i >> 8}.${i & 255}.1`));
    manager.add(flood, SOURCE);
    // 64 of 1024 buckets of 64 places.
    expect(manager.size).toBeLessThanOrEqual(64 * 64);
    manager.tables.check();
  });

  it('gives up addresses that never answer', () => {
    const { manager, clock } = setUp();
    manager.add([told('250.1.1.1')], SOURCE);
    for (let i = 0; i < 3; i++) {
      manager.attempt(told('250.1.1.1').endpoint, true);
      clock.setMockTime(clock.mockTime + 120);
      // Only what failed since another peer answered counts.
      manager.good(told('9.9.9.9').endpoint);
    }
    expect(manager.sample(0, 0)).toHaveLength(0);
    expect(manager.sample(0, 0, undefined, false)).toHaveLength(1);
  });

  it('gives out a part of what it knows', () => {
    const { manager } = setUp();
    manager.add(
      Array.from({ length: 100 }, (_, i) => told(`250.${i}.1.1`)),
      SOURCE,
    );
    const { size } = manager;
    expect(manager.sample(0, 23)).toHaveLength(Math.floor((size * 23) / 100));
    expect(manager.sample(5, 0)).toHaveLength(5);
    expect(manager.sample(0, 0, 'ipv6')).toHaveLength(0);
    expect(manager.counts('ipv4').total).toBe(size);
  });

  it('tests the occupant of a place in tried before it gives it away', () => {
    const { manager, clock } = setUp();
    // Fill tried until two want the same place.
    let wanting: PeerAddress | undefined;
    for (let i = 0; i < 4000 && wanting === undefined; i++) {
      const one = told(`${20 + (i % 150)}.${i >> 6}.${i & 255}.1`, { time: NOW });
      manager.add([one], one.endpoint.address);
      if (!manager.good(one.endpoint) && manager.tables.find(one.endpoint) !== undefined) wanting = one;
    }
    const newcomer = defined(wanting, 'collision').endpoint;
    const occupant = defined(manager.selectTriedCollision(), 'occupant').address.endpoint;
    manager.resolveCollisions();
    expect(manager.tables.find(occupant)?.inTried).toBe(true);
    clock.setMockTime(NOW + DAY);
    manager.add([{ ...defined(wanting, 'collision'), time: NOW + DAY }], newcomer.address);
    manager.good(newcomer);
    manager.attempt(occupant, false);
    clock.setMockTime(NOW + DAY + 120);
    manager.resolveCollisions();
    expect(manager.tables.find(newcomer)?.inTried).toBe(true);
    expect(manager.tables.find(occupant)?.inTried).toBe(false);
    manager.tables.check();
  });

  it('holds its invariants whatever happens', () => {
    const host = fc
      .tuple(fc.constantFrom(8, 9, 250), fc.nat(3), fc.nat(30))
      .map(([a, b, c]) => `${a}.${b}.${c}.1`);
    const step = fc.record({
      op: fc.constantFrom('add', 'good', 'attempt', 'resolve', 'pass'),
      host,
      source: host,
      age: fc.nat(40),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), steps => {
        const { manager, clock } = setUp();
        for (const { op, host: text, source, age } of steps) {
          const one = told(text, { time: clock.mockTime - age * DAY });
          if (op === 'add') manager.add([one], told(source).endpoint.address);
          else if (op === 'good') manager.good(one.endpoint);
          else if (op === 'attempt') manager.attempt(one.endpoint, true);
          else if (op === 'resolve') manager.resolveCollisions();
          else clock.setMockTime(clock.mockTime + age * 3600);
        }
        manager.tables.check();
        const read = decodeTables(encodeTables(manager.tables), silentLogger);
        read.check();
        expect(read.counts()).toEqual(manager.counts());
      }),
      { numRuns: 40 },
    );
  });
});

describe('peers.dat', () => {
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'blocksmith-peers-'));
  });

  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  it('brings everything back', () => {
    const { manager, modules } = setUp();
    manager.add([told('250.1.1.1'), told('250.2.1.1'), told('[2a00::1]:8333')], SOURCE);
    manager.good(told('250.2.1.1').endpoint);
    savePeers(dir, MAGIC, manager);
    const read = loadPeers(dir, MAGIC, modules);
    expect(read.raw(true)).toEqual(manager.raw(true));
    expect(read.raw(false)).toEqual(manager.raw(false));
    expect(toHex(encodeTables(read.tables))).toBe(toHex(encodeTables(manager.tables)));
  });

  it('is made where there is none', () => {
    const { modules } = setUp();
    loadPeers(dir, MAGIC, modules);
    const file = readFileSync(join(dir, 'peers.dat'));
    expect(toHex(file.subarray(0, 6))).toBe('010203040424');
    // Magic, formats, key, counts, an empty bucket each, checksums.
    expect(file.length).toBe(4 + 2 + 32 + 12 + 1024 * 4 + 32 + 32);
  });

  it('stops the start when it is damaged', () => {
    const { modules } = setUp();
    loadPeers(dir, MAGIC, modules);
    const path = join(dir, 'peers.dat');
    const file = readFileSync(path);
    file[40] = (file[40] ?? 0) ^ 1;
    writeFileSync(path, file);
    expect(() => loadPeers(dir, MAGIC, modules)).toThrow('Checksum mismatch, data corrupted');
    expect(() => loadPeers(dir, Uint8Array.of(9, 9, 9, 9), modules)).toThrow('Invalid network magic number');
  });

  it('remembers anchors for one start', () => {
    saveAnchors(dir, MAGIC, [told('250.1.1.1')]);
    expect(takeAnchors(dir, MAGIC, silentLogger).map(({ endpoint }) => String(endpoint))).toEqual([
      '250.1.1.1:8333',
    ]);
    expect(existsSync(join(dir, 'anchors.dat'))).toBe(false);
    expect(takeAnchors(dir, MAGIC, silentLogger)).toEqual([]);
  });
});
