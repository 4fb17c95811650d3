import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ChainParams } from '../consensus/params.js';
import { StartError } from '../runtime/errors.js';
import type { LoadOnStart } from '../wallet/wallet-manager.js';
import { networkParams } from './config/network.js';
import { prepareDataDir, resolveDataDir } from './data-dir.js';
import type { NodeHome, NodeMemory } from './home.js';
import { parseCommandLine, refuseIncludeConf } from './options/command-line.js';
import { CONFIG_FILE_NAME, readConfigFiles } from './options/config-file.js';
import { Settings } from './options/settings.js';
import { DAEMON_OPTIONS } from './options/table.js';
import { SettingsFile } from './settings-file.js';

/** Everything that is known before the first part of a node is made. */
export interface PreparedNode {
  readonly settings: Settings;
  readonly params: ChainParams;
  readonly home: NodeHome;
  readonly loadOnStart: LoadOnStart | undefined;
  readonly settingsFile: SettingsFile | undefined;
  /** Undefined when there is none to be. */
  readonly configPath: string | undefined;
  /** For the log, once there is one. */
  readonly warnings: readonly string[];
}

/** Reads a command line into settings. @throws StartError with Core's text */
export function parseDaemonArgs(args: readonly string[]): Settings {
  const settings = new Settings(DAEMON_OPTIONS);
  try {
    const words = parseCommandLine(args, settings);
    refuseIncludeConf(settings);
    if (words[0] !== undefined) {
      throw new StartError(
        `Command line contains unexpected token '${words[0]}', see blocksmithd -h for a list of options.`,
      );
    }
  } catch (thrown) {
    if (!(thrown instanceof StartError) || thrown.message.startsWith('Command line contains')) throw thrown;
    throw new StartError(`Error parsing command line arguments: ${thrown.message}`);
  }
  return settings;
}

/** Adds the configuration and settings files, chooses the network and makes its directories. @throws StartError */
export function prepareNode(settings: Settings): PreparedNode {
  const originalDir = resolveDataDir(settings.path('datadir'));
  const config = readConfig(settings, originalDir);
  settings.selectNetwork(settings.chain());
  const base = resolveDataDir(settings.path('datadir'));
  const params = networkParams(settings);
  const paths = prepareDataDir(base, params, settings.path('blocksdir') || undefined);
  const ignored = ignoredConfig(settings, base, originalDir, config.path);
  const settingsFile = SettingsFile.open(settings, paths.network);
  refuseMisplaced(settings);
  return {
    settings,
    params,
    home: { kind: 'directory', paths },
    loadOnStart: settingsFile,
    settingsFile,
    configPath: config.path,
    warnings: [...config.warnings, ...ignored],
  };
}

/**
 * The same for a node without a directory, on a network whose parameters the memory was made for: it reads no files.
 *
 * @throws StartError
 */
export function prepareMemoryNode(settings: Settings, memory: NodeMemory): PreparedNode {
  settings.selectNetwork(settings.chain());
  return {
    settings,
    params: networkParams(settings),
    home: { kind: 'memory', memory },
    loadOnStart: memory,
    settingsFile: undefined,
    configPath: undefined,
    warnings: [],
  };
}

/** Options that belong into a network's own section. @throws StartError naming them all */
function refuseMisplaced(settings: Settings): void {
  const chain = settings.chain();
  const lines = settings
    .misplaced()
    .map(name => `Config setting for -${name} only applied on ${chain} network when in [${chain}] section.`);
  if (lines.length > 0) throw new StartError(lines.join('\n'));
}

function readConfig(settings: Settings, dataDir: string): { path: string; warnings: string[] } {
  try {
    const config = readConfigFiles(settings, dataDir);
    const dir = settings.path('datadir');
    try {
      resolveDataDir(dir);
    } catch {
      throw new StartError(`specified data directory "${dir}" does not exist.`);
    }
    return config;
  } catch (thrown) {
    if (!(thrown instanceof StartError)) throw thrown;
    throw new StartError(`Error reading configuration file: ${thrown.message}`);
  }
}

/**
 * A configuration file that `datadir=` or `-conf` hides would be ignored without a word.
 *
 * @returns the warning for the log with -allowignoredconf, nothing when no file is hidden
 * @throws StartError otherwise
 */
function ignoredConfig(settings: Settings, base: string, originalDir: string, used: string): string[] {
  const hidden = join(base, CONFIG_FILE_NAME);
  if (hidden === used || !existsSync(hidden)) return [];
  const conf = settings.path('conf');
  const source = conf === '' ? `data directory "${originalDir}"` : `command line argument "-conf=${conf}"`;
  const text = [
    `Data directory "${base}" contains a "${CONFIG_FILE_NAME}" file which is ignored, because a different configuration file "${used}" from ${source} is being used instead. Possible ways to address this would be to:`,
    `- Delete or rename the "${CONFIG_FILE_NAME}" file in data directory "${base}".`,
    '- Change datadir= or conf= options to specify one configuration file, not two, and use includeconf= to include any other configuration files.',
    '- Set allowignoredconf=1 option to treat this condition as a warning, not an error.',
  ].join('\n');
  if (settings.bool('allowignoredconf', false)) return [text];
  throw new StartError(text);
}
