import { describe, expect, it } from 'vitest';
import { Dispatcher } from '../../../src/rpc/dispatcher.js';
import { methodHelp, overview, usageLine } from '../../../src/rpc/help.js';
import { nodeMethods } from '../../../src/rpc/methods/index.js';
import { serverInfo } from '../../../src/rpc/server-info.js';
import { silentLogger } from '../../../src/runtime/logger.js';

describe.each(nodeMethods.map(method => [method.name, method] as const))('help of %s', (_, method) => {
  it('starts with its usage and has every argument', () => {
    const lines = methodHelp(method).split('\n');
    expect(lines[0]).toBe(usageLine(method));
    for (const param of method.params) {
      if (param.hidden !== true) expect(lines.some(line => line.includes(`. ${param.name}`))).toBe(true);
    }
  });

  it('has examples whose arguments are JSON', () => {
    for (const line of methodHelp(method).split('\n')) {
      if (!line.startsWith('> curl')) continue;
      const body = / -d '(.*)'$/.exec(line)?.[1] ?? '';
      const request = JSON.parse(body) as { method: string; params: unknown[] };
      expect(request.method).toBe(method.name);
      expect(request.params.length).toBeLessThanOrEqual(method.params.length);
    }
  });

  it('has required arguments before optional ones, but for those that Core has otherwise', () => {
    const names = method.params.map(param => param.name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('the list of methods', () => {
  it('has no method twice', () => {
    const names = nodeMethods.map(method => method.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is grouped, in order, without hidden ones', () => {
    const text = overview(nodeMethods);
    const titles = text.split('\n').filter(line => line.startsWith('=='));
    expect(titles).toEqual([
      '== Blockchain ==',
      '== Control ==',
      '== Mining ==',
      '== Network ==',
      '== Rawtransactions ==',
      '== Util ==',
    ]);
    expect(text).toContain('\ngetblock "blockhash" ( verbosity )\n');
    expect(text).not.toContain('generatetoaddress');
  });
});

describe('the help command', () => {
  const info = serverInfo(new Dispatcher(nodeMethods, silentLogger, () => 0), () => 0);

  it('knows one method, all of them, and what is none', () => {
    expect(info.help('getblockcount')).toMatch(/^getblockcount\n\nGives the height/);
    expect(info.help('')).toContain('== Blockchain ==\n');
    expect(info.help('foo')).toBe('help: unknown command: foo');
    expect(info.help('generate')).toBe(
      'generate\n\nhas been replaced by the -generate cli option. Refer to -help for more information.\n',
    );
  });

  it('leaves hidden arguments out', () => {
    expect(info.help('stop')).toMatch(/^stop\n/);
    expect(info.help('stop')).not.toContain('wait');
  });
});
