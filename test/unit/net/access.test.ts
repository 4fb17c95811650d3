import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAddress } from '../../../src/net/address/address-text.js';
import type { NetAddress } from '../../../src/net/address/net-address.js';
import { Subnet } from '../../../src/net/address/subnet.js';
import { BanList } from '../../../src/net/bans.js';
import { slotLimits } from '../../../src/net/connections/limits.js';
import { parseBinds } from '../../../src/net/connections/listeners.js';
import { makeSubversion } from '../../../src/net/p2p.js';
import {
  parseWhitebind,
  parseWhitelist,
  permissionNames,
  permissionsFor,
} from '../../../src/net/permissions.js';
import { makeRandom } from '../../../src/net/random.js';
import { NodeClock } from '../../../src/runtime/clock.js';
import { defined } from '../../../src/runtime/errors.js';
import { silentLogger } from '../../../src/runtime/logger.js';

const host = (text: string): NetAddress => defined(parseAddress(text), text);
const subnet = (text: string): Subnet => defined(Subnet.parse(text), text);

describe('-whitelist', () => {
  const names = (text: string, implicit = { relay: true, forceRelay: false }) =>
    permissionNames(permissionsFor(host('1.2.3.4'), 0, [parseWhitelist(text)], implicit));

  it('gives what is named, with what that implies', () => {
    expect(names('noban@1.2.3.4')).toEqual(['noban', 'download']);
    expect(names('forcerelay,addr@1.2.3.0/24')).toEqual(['forcerelay', 'relay', 'addr']);
    expect(names('all@1.2.3.4')).toEqual([
      'bloomfilter',
      'noban',
      'forcerelay',
      'relay',
      'mempool',
      'download',
      'addr',
    ]);
    expect(names('@1.2.3.4')).toEqual([]);
    expect(names('noban@1.2.3.5')).toEqual([]);
  });

  it('gives the usual where nothing is named', () => {
    expect(names('1.2.3.4')).toEqual(['noban', 'relay', 'mempool', 'download']);
    expect(names('1.2.3.4', { relay: false, forceRelay: true })).toEqual([
      'noban',
      'forcerelay',
      'relay',
      'mempool',
      'download',
    ]);
  });

  it('is for inbound connections unless told otherwise', () => {
    expect(parseWhitelist('relay@1.2.3.4')).toMatchObject({ inbound: true, outbound: false });
    expect(parseWhitelist('out,relay@1.2.3.4')).toMatchObject({ inbound: false, outbound: true });
    expect(parseWhitelist('in,out,relay@1.2.3.4')).toMatchObject({ inbound: true, outbound: true });
  });

  it.each([
    [() => parseWhitelist('oopsie@127.0.0.1'), "Invalid P2P permission: 'oopsie'"],
    [() => parseWhitelist('out@1.2.3.4'), "Only direction was set, no permissions: 'out@1.2.3.4'"],
    [() => parseWhitelist('noban@1.2.3.4:230'), "Invalid netmask specified in -whitelist: '1.2.3.4:230'"],
    [() => parseWhitebind('noban@127.0.0.1'), "Need to specify a port with -whitebind: '127.0.0.1'"],
    [
      () => parseWhitebind('out,noban@127.0.0.1:1'),
      'whitebind may only be used for incoming connections ("out" was passed)',
    ],
    [() => parseWhitebind('noban@x:1'), "Cannot resolve -whitebind address: 'x:1'"],
  ])('says what is wrong', (parse, sentence) => {
    expect(parse).toThrow(sentence);
  });
});

describe('binds', () => {
  const shown = (options: Partial<Parameters<typeof parseBinds>[0]>) =>
    parseBinds({ bind: [], whitebind: [], port: 8333, ...options }).map(
      ({ endpoint, isOnion }) => `${endpoint}${isOnion ? ' onion' : ''}`,
    );

  it('are all addresses and the onion target by default', () => {
    expect(shown({})).toEqual(['127.0.0.1:8334 onion', '0.0.0.0:8333', '[::]:8333']);
  });

  it('are those that were named', () => {
    expect(shown({ bind: ['1.2.3.4', '[::1]:5', '127.0.0.1=onion'] })).toEqual([
      '1.2.3.4:8333',
      '[::1]:5',
      '127.0.0.1:8334 onion',
    ]);
    expect(shown({ bind: ['1.2.3.4'] })).toEqual(['1.2.3.4:8333']);
    expect(shown({ whitebind: ['noban@1.2.3.4:7'] })).toEqual(['1.2.3.4:7', '127.0.0.1:8334 onion']);
  });

  it('cannot be names', () => {
    expect(() => shown({ bind: ['example.com'] })).toThrow("Cannot resolve -bind address: 'example.com'");
  });
});

describe('slots', () => {
  it.each([
    [125, { fullRelay: 8, blockRelay: 2, automatic: 11, inbound: 114 }],
    [10, { fullRelay: 8, blockRelay: 2, automatic: 10, inbound: 0 }],
    [4, { fullRelay: 4, blockRelay: 0, automatic: 4, inbound: 0 }],
    [0, { fullRelay: 0, blockRelay: 0, automatic: 0, inbound: 0 }],
  ])('of %d connections', (max, limits) => {
    expect(slotLimits(max)).toEqual(limits);
  });
});

describe('user agent', () => {
  it('carries comments in parentheses (BIP14)', () => {
    expect(makeSubversion([])).toBe('/Blocksmith:0.1.0/');
    expect(makeSubversion(['a', 'b c'])).toBe('/Blocksmith:0.1.0(a; b c)/');
  });

  it('refuses comments that would break it', () => {
    expect(() => makeSubversion(['a(b'])).toThrow('User Agent comment (a(b) contains unsafe characters.');
    expect(() => makeSubversion(['x'.repeat(250)])).toThrow('exceeds maximum length (256)');
  });
});

describe('bans', () => {
  function setUp(dataDir?: string) {
    const clock = new NodeClock();
    clock.setMockTime(1000);
    const bans = new BanList(
      { dataDir, banTime: 100 },
      { clock, logger: silentLogger, random: makeRandom(1) },
    );
    bans.load();
    return { clock, bans };
  }

  it('are listed by network, address and width', () => {
    const { bans } = setUp();
    for (const text of ['2001:4000::/19', '192.168.0.1', '127.0.0.0/32', '127.0.0.0/24'])
      bans.ban(subnet(text), 0, false);
    const listed = ['127.0.0.0/24', '127.0.0.0/32', '192.168.0.1/32', '2001:4000::/19'];
    expect(bans.list().map(entry => entry.subnet)).toEqual(listed);
  });

  it('hold for a time, and are never shortened', () => {
    const { clock, bans } = setUp();
    bans.ban(subnet('1.2.3.0/24'), 0, false);
    bans.ban(subnet('5.5.5.5'), 2000, true);
    bans.ban(subnet('5.5.5.5'), 5, false);
    expect(bans.list()).toEqual([
      { subnet: '1.2.3.0/24', created: 1000, until: 1100 },
      { subnet: '5.5.5.5/32', created: 1000, until: 2000 },
    ]);
    expect([bans.isBanned(host('1.2.3.77')), bans.isBanned(host('1.2.4.1'))]).toEqual([true, false]);
    clock.setMockTime(1101);
    expect(bans.isBanned(host('1.2.3.77'))).toBe(false);
    expect(bans.list()).toHaveLength(1);
  });

  it('are kept in banlist.json', () => {
    const dir = mkdtempSync(join(tmpdir(), 'blocksmith-bans-'));
    try {
      const { bans } = setUp(dir);
      bans.ban(subnet('1.2.3.0/24'), 50, false);
      const file: unknown = JSON.parse(readFileSync(join(dir, 'banlist.json'), 'utf8'));
      expect(file).toMatchObject({
        banned_nets: [{ version: 1, ban_created: 1000, banned_until: 1050, address: '1.2.3.0/24' }],
      });
      expect(setUp(dir).bans.list()).toEqual(bans.list());
      writeFileSync(join(dir, 'banlist.json'), '{"banned_nets": 5}');
      expect(setUp(dir).bans.list()).toEqual([]);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('of a banlist.json that is cut short are none, wherever it is cut', () => {
    const dir = mkdtempSync(join(tmpdir(), 'blocksmith-bans-'));
    const path = join(dir, 'banlist.json');
    try {
      setUp(dir).bans.ban(subnet('1.2.3.0/24'), 50, false);
      const whole = readFileSync(path, 'utf8');
      // The line break at the end is not part of what is read.
      for (let end = 0; end < whole.trimEnd().length; end++) {
        writeFileSync(path, whole.slice(0, end));
        expect(setUp(dir).bans.list(), `${end} of ${whole.length} bytes`).toEqual([]);
      }
      writeFileSync(path, whole);
      expect(setUp(dir).bans.list()).toHaveLength(1);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('are something else than being discouraged', () => {
    const { bans } = setUp();
    bans.discourage(host('9.9.9.9'));
    expect([bans.isDiscouraged(host('9.9.9.9')), bans.isBanned(host('9.9.9.9'))]).toEqual([true, false]);
    expect(bans.isDiscouraged(host('9.9.9.8'))).toBe(false);
  });
});
