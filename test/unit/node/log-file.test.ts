import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { logFileOptions } from '../../../src/node/config/log.js';
import { LOG_CATEGORIES, LogFile } from '../../../src/node/log-file.js';
import { NodeClock } from '../../../src/runtime/clock.js';
import { directoryHome, settingsOf, temporaryDir } from '../../support/node-settings.js';

const dir = temporaryDir();
const path = () => join(dir.path(), 'debug.log');

let logs: LogFile[] = [];
afterEach(() => {
  for (const log of logs) log.close();
  logs = [];
});

function open(...args: string[]): LogFile {
  const options = logFileOptions(settingsOf(['-printtoconsole=0', ...args]), directoryHome(dir.path()));
  const log = new LogFile(options, new NodeClock());
  logs.push(log);
  return log;
}

/** Lines without what sets runs apart. */
const lines = (file = path()) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(line => line !== '');

/** What -logtimestamps=0 leaves of lines that `write` makes. */
function written(write: (log: LogFile) => void, ...args: string[]): string[] {
  write(open('-logtimestamps=0', ...args));
  return lines();
}

const everyKind = (log: LogFile) => {
  log.info('info');
  log.warn('warn');
  log.error('error');
  log.debug('net', 'debug');
  log.trace('net', 'trace');
};

describe('a line of the log', () => {
  it('is on disk when the call returns, for its owner’s eyes only', () => {
    const log = open();
    log.info('first');
    expect(lines()[0]).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ first$/);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it('begins with the time, in microseconds if wanted, and with the mocked one', () => {
    const clock = new NodeClock();
    clock.setMockTime(1_600_000_000);
    const log = new LogFile(
      logFileOptions(settingsOf(['-logtimemicros', '-printtoconsole=0']), directoryHome(dir.path())),
      clock,
    );
    logs.push(log);
    log.info('text');
    expect(lines()[0]).toMatch(/^\S+T\d\d:\d\d:\d\d\.\d{6}Z \(mocktime: 2020-09-13T12:26:40Z\) text$/);
  });

  it.each([
    [[], ['info', '[warning] warn', '[error] error']],
    [['-debug=net'], ['info', '[warning] warn', '[error] error', '[net] debug']],
    [
      ['-debug=net', '-loglevel=trace'],
      ['info', '[warning] warn', '[error] error', '[net] debug', '[net:trace] trace'],
    ],
    [
      ['-debug=net', '-loglevel=info'],
      ['info', '[warning] warn', '[error] error'],
    ],
    [
      ['-debug=net', '-loglevel=net:trace'],
      ['info', '[warning] warn', '[error] error', '[net] debug', '[net:trace] trace'],
    ],
    [
      ['-debug', '-loglevel=trace', '-loglevel=net:info'],
      ['info', '[warning] warn', '[error] error'],
    ],
    [
      ['-debug=net', '-loglevel=mempool:trace'],
      ['info', '[warning] warn', '[error] error', '[net] debug'],
    ],
    [
      ['-debug=net', '-loglevelalways'],
      ['[all:info] info', '[all:warning] warn', '[all:error] error', '[net:debug] debug'],
    ],
    [['-logthreadnames'], ['[main] info', '[main] [warning] warn', '[main] [error] error']],
  ])('with %j has level and category in front', (args, expected) => {
    expect(written(everyKind, ...args)).toEqual(expected);
  });

  it('shows control characters instead of obeying them', () => {
    const [line] = written(log => log.info('a\u001b[31m\r\u0000b\u007fé\tc'));
    expect(line).toBe('a\\x1b[31m\\x0d\\x00b\\x7fé\\x09c');
  });
});

describe('categories', () => {
  const active = (log: LogFile) =>
    Object.entries(log.categories())
      .filter(([, on]) => on)
      .map(([name]) => name);

  it.each([
    [[], []],
    [
      ['-debug=net', '-debug=mempool'],
      ['mempool', 'net'],
    ],
    [['-debug'], [...LOG_CATEGORIES]],
    [['-debug=1', '-debugexclude=net'], LOG_CATEGORIES.filter(name => name !== 'net')],
    [['-debug=all', '-debugexclude=all'], []],
    [['-debug=net', '-nodebug'], []],
    [['-debug=0', '-debug=net'], []],
    [['-debug=net', '-debug=none'], []],
  ])('of %j are %j', (args, expected) => {
    expect(active(open(...args))).toEqual(expected);
  });

  it('can be switched while the node runs', () => {
    const log = open();
    expect(log.setCategory('net', true)).toBe(true);
    expect(log.enabled('net')).toBe(true);
    expect(log.setCategory('', true)).toBe(true);
    expect(log.setCategory('net', false)).toBe(true);
    expect(active(log)).toEqual(LOG_CATEGORIES.filter(name => name !== 'net'));
    expect([log.setCategory('foo', true), log.setCategory('none', true)]).toEqual([false, false]);
  });

  it.each([
    ['-debug=abc', 'Unsupported logging category -debug=abc.'],
    ['-debugexclude=abc', 'Unsupported logging category -debugexclude=abc.'],
    ['-loglevel=abc', 'Unsupported global logging level -loglevel=abc. Valid values: info, debug, trace.'],
    [
      '-loglevel=net:abc',
      'Unsupported category-specific logging level -loglevel=net:abc. Expected -loglevel=<category>:<loglevel>. Valid categories: addrman, bench,',
    ],
    ['-loglevel=abc:trace', 'Unsupported category-specific logging level -loglevel=abc:trace. Expected'],
    [
      '-loglevel=net:info:abc',
      'Unsupported category-specific logging level -loglevel=net:info:abc. Expected',
    ],
  ])('%s is refused', (arg, message) => {
    expect(() => open(arg)).toThrow(message);
  });
});

describe('the log’s file', () => {
  it('lies in the network’s directory, or where it is told to', () => {
    open('-debuglogfile=foo.log').info('x');
    expect(lines(join(dir.path(), 'foo.log'))).toHaveLength(1);
    const elsewhere = join(dir.path(), 'bar.log');
    open(`-debuglogfile=${elsewhere}`).info('y');
    expect(lines(elsewhere)).toHaveLength(1);
    const none = open('-nodebuglogfile');
    none.info('z');
    expect(none.path).toBe('');
    expect(() => open('-debuglogfile=missing/foo.log')).toThrow(
      `Could not open debug log file ${join(dir.path(), 'missing/foo.log')}`,
    );
  });

  it.skipIf(!existsSync('/dev/full'))('loses lines when the disk is full, and nothing else', () => {
    const log = open('-debuglogfile=/dev/full');
    expect(() => everyKind(log)).not.toThrow();
  });

  it('goes on where the last run ended, behind five empty lines', () => {
    open('-logtimestamps=0').info('one');
    open('-logtimestamps=0').info('two');
    expect(readFileSync(path(), 'utf8')).toBe('\n\n\n\n\none\n\n\n\n\n\ntwo\n');
  });

  it('is cut to its last ten million bytes when it is over eleven', () => {
    const line = `${'x'.repeat(99)}\n`;
    const old = line.repeat(110_000);
    writeFileSync(path(), old);
    open();
    expect(statSync(path()).size).toBe(old.length + 5);
    writeFileSync(path(), `${old}last\n`);
    open('-shrinkdebugfile=0');
    expect(statSync(path()).size).toBe(old.length + 10);
    open('-debug=net');
    expect(statSync(path()).size).toBe(old.length + 15);
    open();
    const left = readFileSync(path(), 'utf8');
    expect(left.length).toBeLessThanOrEqual(10_000_005);
    expect(left.startsWith(line)).toBe(true);
    expect(left).toMatch(/\nlast\n+$/);
  });
});
