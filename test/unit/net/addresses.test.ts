import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress } from '../../../src/net/address/address-text.js';
import { parseEndpoint, splitHostPort } from '../../../src/net/address/endpoint.js';
import { ADDRESS_SIZES, NetAddress } from '../../../src/net/address/net-address.js';
import { netGroup } from '../../../src/net/address/net-group.js';
import { Subnet } from '../../../src/net/address/subnet.js';
import { toHex } from '../../../src/primitives/bytes.js';
import { defined } from '../../../src/runtime/errors.js';

function address(text: string): NetAddress {
  return defined(parseAddress(text), text);
}

describe('addresses as text', () => {
  it.each([
    ['1.2.3.4', '1.2.3.4'],
    // Short forms, as inet_aton takes them.
    ['127.1', '127.0.0.1'],
    ['1.2.3', '1.2.0.3'],
    ['0x7f.0.0.010', '127.0.0.8'],
    ['2130706433', '127.0.0.1'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:1.2.3.4', '1.2.3.4'],
    [
      'pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion',
      'pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscryd.onion',
    ],
    [
      'udhdrtrcetjm5sxzskjyr5ztpeszydbh4dpl3pl4utgqqw2v4jna.b32.i2p',
      'udhdrtrcetjm5sxzskjyr5ztpeszydbh4dpl3pl4utgqqw2v4jna.b32.i2p',
    ],
  ])('%s is %s', (text, shown) => {
    expect(formatAddress(address(text))).toBe(shown);
  });

  it.each([
    '1.2.3.4.5',
    '256.1.1.1',
    '1.2.65536',
    '1.08.1',
    '4294967296',
    'example.com',
    '',
    '1::2::3',
    // A wrong checksum, and version 2.
    'pg6mmjiyjmcrsslvykfwnntlaru7p5svn6y2ymmju6nubxndf4pscrye.onion',
    '6hzph5hv6337r6p2.onion',
  ])('%s is none', text => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('come back from their text', () => {
    const kinds = ['ipv4', 'ipv6', 'onion', 'i2p'] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (kind, bytes) => {
          const some = new NetAddress(kind, bytes.slice(0, ADDRESS_SIZES[kind]));
          expect(parseAddress(formatAddress(some))?.key).toBe(some.key);
        },
      ),
    );
  });
});

describe('ranges of addresses', () => {
  it.each(['127.0.0.1', '0.1.2.3', '10.1.1.1', '192.168.1.1', '172.16.0.1', '172.31.255.255', '169.254.1.1'])(
    '%s is not routable',
    text => {
      expect(address(text).isRoutable).toBe(false);
    },
  );

  it.each([
    '100.64.0.1',
    '198.18.0.1',
    '192.0.2.1',
    '::1',
    'fe80::1',
    'fc00::1',
    '2001:db8::1',
    '2001:10::1',
    '::',
  ])('%s is not routable', text => {
    expect(address(text).isRoutable).toBe(false);
  });

  it.each([
    ['8.8.8.8', 'ipv4'],
    ['2a00:1450::1', 'ipv6'],
    ['2002:0808:0808::1', 'ipv4'],
    ['64:ff9b::808:808', 'ipv4'],
    ['2001::1', 'ipv4'],
  ])('%s is of the class %s', (text, network) => {
    expect(address(text).isRoutable).toBe(true);
    expect(address(text).networkClass).toBe(network);
  });
});

describe('network groups', () => {
  it.each([
    ['127.0.0.1', '00'],
    ['10.0.0.1', '00'],
    ['1.2.3.4', '010102'],
    ['2002:0102:0304:9999::1', '010102'],
    ['2001:0:9999:9999:9999:9999:fefd:fcfb', '010102'],
    ['2001:470:abcd:9999::1', '0220010470af'],
    ['2001:2001:9999::1', '0220012001'],
  ])('of %s', (text, group) => {
    expect(toHex(netGroup(address(text)))).toBe(group);
  });
});

describe('host and port', () => {
  it.each([
    ['a.b:1', { host: 'a.b', port: 1, valid: true }],
    ['a.b', { host: 'a.b', port: 9, valid: true }],
    ['[::1]:7', { host: '::1', port: 7, valid: true }],
    ['::1', { host: '::1', port: 9, valid: true }],
    ['a:0', { host: 'a', port: 0, valid: false }],
    ['a:65536', { host: 'a:65536', port: 9, valid: false }],
    ['a:', { host: 'a:', port: 9, valid: false }],
    [':1', { host: '', port: 1, valid: true }],
  ])('%s', (text, parts) => {
    expect(splitHostPort(text, 9)).toEqual(parts);
  });

  it('are written with brackets around IPv6', () => {
    expect(String(parseEndpoint('::1', 5))).toBe('[::1]:5');
    expect(String(parseEndpoint('[::1]:6', 5))).toBe('[::1]:6');
    expect(String(parseEndpoint('1.2.3.4:6', 5))).toBe('1.2.3.4:6');
  });
});

describe('subnets', () => {
  it.each([
    ['1.2.3.4', '1.2.3.4/32', '1.2.3.4', '1.2.3.5'],
    ['1.2.3.4/24', '1.2.3.0/24', '1.2.3.255', '1.2.4.0'],
    ['1.2.3.4/255.255.252.0', '1.2.0.0/22', '1.2.3.1', '1.2.4.1'],
    ['1.2.3.4/0', '0.0.0.0/0', '9.9.9.9', '::1'],
    ['2a00::1', '2a00::1/128', '2a00::1', '2a00::2'],
    ['2a00:1::/33', '2a00:1::/33', '2a00:1:7fff::1', '2a00:1:8000::1'],
    ['2a00::/ffff:ff00::', '2a00::/24', '2a00:00ff::1', '2a00:0100::1'],
  ])('%s', (text, shown, inside, outside) => {
    const subnet = defined(Subnet.parse(text), text);
    expect(subnet.toString()).toBe(shown);
    expect([subnet.contains(address(inside)), subnet.contains(address(outside))]).toEqual([true, false]);
  });

  it.each(['1.2.3.4/33', '1.2.3.4/255.0.255.0', '1.2.3.4/x', '1.2.3.4/-1', '::1/129', 'x/8', '1.2.3.4/::'])(
    '%s is none',
    text => {
      expect(Subnet.parse(text)).toBeUndefined();
    },
  );
});
