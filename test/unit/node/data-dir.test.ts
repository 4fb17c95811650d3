import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chainParams } from '../../../src/consensus/networks.js';
import { DirectoryLock, prepareDataDir, resolveDataDir } from '../../../src/node/data-dir.js';
import { temporaryDir } from '../../support/node-settings.js';

const dir = temporaryDir();
const REGTEST = chainParams('regtest');
const inDir = (...names: string[]) => join(dir.path(), ...names);

describe('the data directory', () => {
  it('must be there when it is named', () => {
    expect(resolveDataDir(dir.path())).toBe(dir.path());
    const missing = inDir('missing');
    expect(() => resolveDataDir(missing)).toThrow(`Specified data directory "${missing}" does not exist.`);
    const file = dir.write('file', '');
    expect(() => resolveDataDir(file)).toThrow(`Specified data directory "${file}" does not exist.`);
  });

  it('gets a directory for the network, with one for wallets, that nobody else may look into', () => {
    const paths = prepareDataDir(dir.path(), REGTEST, undefined);
    expect(paths).toEqual({
      base: dir.path(),
      network: inDir('regtest'),
      blocks: inDir('regtest', 'blocks'),
      blockIndex: inDir('regtest', 'blocks', 'index'),
      chainstate: inDir('regtest', 'chainstate'),
      wallets: inDir('regtest', 'wallets'),
    });
    for (const name of ['.', 'blocks', 'wallets']) {
      expect(statSync(inDir('regtest', name)).mode & 0o777).toBe(0o700);
    }
    expect(existsSync(inDir('wallets'))).toBe(false);
  });

  it('keeps wallets beside the other data where it did before', () => {
    mkdirSync(inDir('regtest'));
    expect(prepareDataDir(dir.path(), REGTEST, undefined).wallets).toBe(inDir('regtest'));
    expect(existsSync(inDir('regtest', 'wallets'))).toBe(false);
  });

  it('is that of the network itself on mainnet', () => {
    const base = inDir('new');
    const paths = prepareDataDir(base, chainParams('main'), undefined);
    expect([paths.network, paths.wallets, paths.blocks]).toEqual([
      base,
      join(base, 'wallets'),
      join(base, 'blocks'),
    ]);
  });

  it('may have its blocks elsewhere', () => {
    mkdirSync(inDir('elsewhere'));
    const paths = prepareDataDir(dir.path(), REGTEST, inDir('elsewhere'));
    expect(paths.blocks).toBe(inDir('elsewhere', 'regtest', 'blocks'));
    expect(paths.blockIndex).toBe(join(paths.network, 'blocks', 'index'));
    expect(existsSync(paths.blocks)).toBe(true);
    const missing = inDir('missing');
    expect(() => prepareDataDir(dir.path(), REGTEST, missing)).toThrow(
      `Specified blocks directory "${missing}" does not exist.`,
    );
  });
});

describe('the lock on a directory', () => {
  const lockFile = () => inDir('.lock');

  it('is held by one, and can be had again when it is released', () => {
    const lock = DirectoryLock.acquire(dir.path());
    const refusal = new RegExp(
      `^Cannot obtain a lock on data directory ${dir.path()}\\. .* is probably already running\\.$`,
    );
    expect(() => DirectoryLock.acquire(dir.path())).toThrow(refusal);
    lock.release();
    expect(existsSync(lockFile())).toBe(false);
    DirectoryLock.acquire(dir.path()).release();
  });

  it('does not outlive its process', () => {
    for (const left of [`${2 ** 22 + 1} 123\n`, `${process.pid} 1\n`, '', 'nonsense', '-5 1\n']) {
      writeFileSync(lockFile(), left);
      DirectoryLock.acquire(dir.path()).release();
    }
  });

  it.skipIf(!existsSync('/proc/1/stat'))('is held by another process that lives', () => {
    const stat = readFileSync('/proc/1/stat', 'utf8');
    const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    writeFileSync(lockFile(), `1 ${started}\n`);
    expect(() => DirectoryLock.acquire(dir.path())).toThrow(/^Cannot obtain a lock/);
    // The same id, given to a process that was started at another time.
    writeFileSync(lockFile(), '1 999999999999\n');
    DirectoryLock.acquire(dir.path()).release();
  });
});
