import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LabError } from '../../regtest/control/lab-error.js';
import { LabRegistry } from '../../regtest/control/registry.js';
import { ControlServer } from '../../regtest/control/server.js';
import { EventLog } from '../../regtest/events/event-log.js';
import { executablePath } from '../../regtest/index.js';
import { waitFor } from '../../regtest/wait.js';
import { type Deferred, deferred } from '../../src/runtime/queue.js';

const folder = mkdtempSync(join(tmpdir(), 'blocksmith-progress-'));
const env = { ...process.env, BLOCKSMITH_LAB_DIR: join(folder, 'labs') };
const started: ChildProcess[] = [];

afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A command that runs. What it writes is no terminal. */
class Running {
  stdout = '';
  stderr = '';
  private readonly child: ChildProcess;
  private readonly exited: Promise<unknown[]>;

  constructor(args: readonly string[], nodeArgs: readonly string[] = []) {
    const words = [...nodeArgs, executablePath('blocksmith'), ...args];
    this.child = spawn(process.execPath, words, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    started.push(this.child);
    this.child.stdout?.on('data', piece => (this.stdout += String(piece)));
    this.child.stderr?.on('data', piece => (this.stderr += String(piece)));
    this.exited = once(this.child, 'exit');
  }

  /** Waits until standard error has a line like this. */
  async tells(line: RegExp): Promise<void> {
    await waitFor(() => line.test(this.stderr), { what: `${line} in "${this.stderr}"` });
  }

  async end(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal !== undefined) this.child.kill(signal);
    const [code] = await this.exited;
    return typeof code === 'number' ? code : null;
  }
}

describe('a command on a lab that takes its time', () => {
  let server: ControlServer;
  let events: EventLog;
  /** Commands that came in. */
  let asked: string[];
  /** Lets the lab answer. */
  let answer: Deferred;

  beforeEach(async () => {
    asked = [];
    answer = deferred();
    events = new EventLog();
    const call = async (name: string) => {
      asked.push(name);
      await answer.promise;
      throw new LabError('conflict', 'not today');
    };
    server = await ControlServer.start({ call, events }, { page: false });
    const { url, token } = server;
    await new LabRegistry(env.BLOCKSMITH_LAB_DIR).add({ pid: process.pid, url, token }, 'slow');
  });

  afterEach(async () => {
    answer.resolve();
    await server.stop();
    rmSync(env.BLOCKSMITH_LAB_DIR, { recursive: true });
  });

  it('tells the seconds when it is asked for progress, and nothing else on standard output', async () => {
    const file = join(folder, 'file');
    const commands = [
      ['mine', '5000'],
      ['reorg', '100'],
      ['faucet', '0'],
      ['snapshot'],
      ['revert'],
      ['dump', file],
      ['load', file],
      ['record', file],
      ['down'],
    ];
    const running = commands.map(words => new Running([...words, '--json', '--progress']));
    await Promise.all(running.map(one => one.tells(/^… \d+ s$/m)));
    answer.resolve();
    for (const one of running) {
      expect(await one.end()).toBe(1);
      expect(one.stdout).toBe('');
      expect(one.stderr).toMatch(/\nError: not today\n$/);
    }
  });

  it('tells how many blocks have come', async () => {
    const mine = new Running(['mine', '5000', '--progress']);
    await mine.tells(/^… \d+ s$/m);
    // It listens from then on; what it has missed is no matter.
    let height = 100;
    await waitFor(
      () => {
        events.emit({ type: 'blockFound', node: 0, hash: 'ab', height: ++height, isPrivate: false });
        return /^… \d+ s, height 1\d\d, \d+ blocks? more$/m.test(mine.stderr);
      },
      { what: 'a height' },
    );
    answer.resolve();
    expect(await mine.end()).toBe(1);
  });

  it('is silent where nobody watches', async () => {
    const quiet = new Running(['mine', '5000']);
    await waitFor(() => asked.length === 1, { what: 'the lab to be asked' });
    const watched = new Running(['mine', '5000', '--progress']);
    await watched.tells(/^… \d+ s$/m);
    answer.resolve();
    expect(await quiet.end()).toBe(1);
    expect(quiet.stderr).toBe('Error: not today\n');
    await watched.end();
  });
});

describe('a command that takes its time', () => {
  it.each([
    [
      'a simulation',
      ['simulate', '--nodes', '1000', '--blocks', '1000000'],
      /^… \d+ s, \d+ of 1000000 blocks/m,
    ],
    ['trials', ['attack', '--hashrate', '0.3', '--trials', '100000000'], /^… \d+ s, \d+ of 100000000 races/m],
  ])('tells how far it is: %s', async (_what, args, line) => {
    const running = new Running([...args, '--progress']);
    await running.tells(line);
    expect(await running.end('SIGINT')).not.toBe(0);
  });

  describe('since its nodes do', () => {
    /** Nodes start when this is there. */
    const go = join(folder, 'go');
    const late = join(folder, 'late.mjs');

    beforeEach(() => {
      const waiting = `while [ ! -e ${go} ]; do sleep 0.05; done; exec "$0" "$@"`;
      writeFileSync(
        late,
        `import childProcess from 'node:child_process';
        import { syncBuiltinESMExports } from 'node:module';
        const { spawn } = childProcess;
        childProcess.spawn = (command, args, options) =>
          spawn('/bin/sh', ['-c', ${JSON.stringify(waiting)}, command, ...args], options);
        syncBuiltinESMExports();`,
      );
    });
    afterEach(() => rmSync(go, { force: true }));

    it('blocksmith up', async () => {
      const up = new Running(['up', '--nodes', '1', '--no-page', '--progress'], ['--import', late]);
      await up.tells(/^… \d+ s, 0 of 1 node up$/m);
      writeFileSync(go, '');
      await waitFor(() => up.stdout.includes('Ctrl-C stops all nodes'), { what: 'the lab to be up' });
      expect(await up.end('SIGTERM')).toBe(0);
    });

    it('a live attack', async () => {
      const words = ['attack', '--nodes', '3', '--confirmations', '1', '--hashrate', '0.9'];
      const attack = new Running([...words, '--progress'], ['--import', late]);
      await attack.tells(/^… \d+ s, 0 of 3 nodes up$/m);
      writeFileSync(go, '');
      expect(await attack.end()).toBe(0);
      expect(attack.stdout).toContain('hands over the goods');
    });
  });

  it('tells the seconds while a recording is read, or a recorded run is run again', async () => {
    const slow = join(folder, 'slow.mjs');
    writeFileSync(
      slow,
      `import fs from 'node:fs';
      import { syncBuiltinESMExports } from 'node:module';
      const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100);
      for (const name of ['openSync', 'createReadStream']) {
        const open = fs[name];
        fs[name] = (file, ...more) => {
          if (String(file).endsWith('.jsonl')) pause();
          return open(file, ...more);
        };
      }
      syncBuiltinESMExports();`,
    );
    const trials = join(folder, 'trials.jsonl');
    const record = ['attack', '--hashrate', '0.3', '--confirmations', '1', '--trials', '1000'];
    expect(await new Running([...record, '--record', trials]).end()).toBe(0);
    const lab = join(folder, 'lab.jsonl');
    const header = {
      format: 'blocksmith-recording',
      version: 1,
      kind: 'lab',
      name: 'lab',
      mode: 'inProcess',
    };
    writeFileSync(lab, `${JSON.stringify({ ...header, topology: 'mesh', seed: 1, nodes: ['node0'] })}\n`);
    for (const words of [
      ['replay', trials],
      ['replay', lab, '--no-page'],
    ]) {
      const replay = new Running([...words, '--progress'], ['--import', slow]);
      expect(await replay.end()).toBe(0);
      expect(replay.stderr).toMatch(/^… \d+ s$/m);
    }
  });
});
