import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { chainParams } from '../../src/consensus/networks.js';
import type { NetworkName } from '../../src/consensus/params.js';
import { type NodeHome, NodeMemory } from '../../src/node/home.js';
import { parseCommandLine } from '../../src/node/options/command-line.js';
import { addConfigText } from '../../src/node/options/config-file.js';
import { Settings } from '../../src/node/options/settings.js';
import { DAEMON_OPTIONS, type OptionSpec } from '../../src/node/options/table.js';

/** Settings of a command line and a configuration file, for a network that is chosen unless said otherwise. */
export function settingsOf(
  args: readonly string[] = [],
  config = '',
  network: NetworkName | undefined = 'regtest',
  options: readonly OptionSpec[] = DAEMON_OPTIONS,
): Settings {
  const settings = new Settings(options);
  parseCommandLine(args, settings);
  addConfigText(config, 'bitcoin.conf', settings);
  if (network !== undefined) settings.selectNetwork(network);
  return settings;
}

/** A home whose files lie in `network`. */
export function directoryHome(network: string): NodeHome {
  const paths = {
    base: network,
    network,
    blocks: join(network, 'blocks'),
    blockIndex: join(network, 'blocks', 'index'),
    chainstate: join(network, 'chainstate'),
    wallets: join(network, 'wallets'),
  };
  return { kind: 'directory', paths };
}

export function memoryHome(): NodeHome {
  return { kind: 'memory', memory: NodeMemory.empty(chainParams('regtest')) };
}

/** A directory for each test, gone after it; `write` makes a file in it and gives its path. */
export function temporaryDir(): { path: () => string; write: (name: string, text: string) => string } {
  let dir: string | undefined;
  const path = () => {
    if (dir === undefined) {
      const made = mkdtempSync(join(tmpdir(), 'blocksmith-settings-'));
      dir = made;
      onTestFinished(() => {
        rmSync(made, { recursive: true, force: true });
        dir = undefined;
      });
    }
    return dir;
  };
  const write = (name: string, text: string) => {
    writeFileSync(join(path(), name), text);
    return join(path(), name);
  };
  return { path, write };
}
