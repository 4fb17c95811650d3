import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabRegistry } from '../../../../regtest/control/registry.js';

const LAB = { pid: process.pid, url: 'http://127.0.0.1:1', token: 'secret' };

describe('the list of labs that run', () => {
  let parent: string;
  let folder: string;
  let registry: LabRegistry;

  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'blocksmith-registry-'));
    folder = join(parent, 'labs');
    registry = new LabRegistry(folder);
  });

  afterEach(() => rmSync(parent, { recursive: true }));

  async function deadPid(): Promise<number> {
    const child = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
    await once(child, 'exit');
    return child.pid ?? 0;
  }

  it('is empty at first, and says how to start a lab', async () => {
    expect(await registry.list()).toEqual([]);
    await expect(registry.choose()).rejects.toThrow('no lab is running: start one with `blocksmith up`');
  });

  it('gives names to labs that have none', async () => {
    const names = [await registry.add(LAB), await registry.add(LAB), await registry.add(LAB, 'mine')];
    expect(names.map(({ name }) => name)).toEqual(['lab', 'lab-2', 'mine']);
    expect((await registry.list()).map(({ name }) => name)).toEqual(['lab', 'lab-2', 'mine']);
  });

  it('one lab is chosen by itself, several have to be told apart', async () => {
    const first = await registry.add(LAB);
    expect(await registry.choose()).toEqual(first);
    const second = await registry.add(LAB, 'second');
    await expect(registry.choose()).rejects.toThrow(
      'several labs are running, choose one by --lab: lab, second',
    );
    expect(await registry.choose('second')).toEqual(second);
    await expect(registry.choose('third')).rejects.toMatchObject({
      code: 'unknown',
      message: 'no lab "third" is running; there is lab, second',
    });
  });

  it('a name is given once', async () => {
    await registry.add(LAB, 'mine');
    await expect(registry.add(LAB, 'mine')).rejects.toThrow('a lab with the name mine runs already');
  });

  it.each(['', 'Mine', '../up', 'a b', '-x', 'x'.repeat(33)])('%j is no name', async name => {
    await expect(registry.add(LAB, name)).rejects.toThrow('a name of a lab is 1 to 32 small letters');
  });

  it('is readable by its owner alone', async () => {
    await registry.add(LAB);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readdirSync(folder)).toEqual(['lab.json']);
    expect(statSync(join(folder, 'lab.json')).mode & 0o777).toBe(0o600);
  });

  it('refuses a folder that others may read', async () => {
    await registry.add(LAB);
    chmodSync(folder, 0o755);
    await expect(registry.add(LAB)).rejects.toThrow('must be a folder of yours that nobody else may read');
  });

  it('forgets labs whose process has ended, and gives away their names', async () => {
    await registry.add({ ...LAB, pid: await deadPid() }, 'mine');
    writeFileSync(join(folder, 'torn.json'), '{"name":');
    expect(await registry.list()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    const again = await registry.add(LAB, 'mine');
    await registry.remove(again);
    expect(await registry.list()).toEqual([]);
  });

  it('does not take away an entry that another lab has made since', async () => {
    const entry = await registry.add(LAB, 'mine');
    await registry.remove({ ...entry, pid: LAB.pid + 1 });
    expect(await registry.list()).toHaveLength(1);
  });
});
