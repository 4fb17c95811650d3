import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ChainParams } from '../consensus/params.js';
import { StartError } from '../runtime/errors.js';
import { networkParams } from './config/network.js';
import { type DataPaths, defaultDataDir, prepareDataDir, resolveDataDir } from './data-dir.js';
import { parseCommandLine, refuseIncludeConf } from './options/command-line.js';
import { CONFIG_FILE_NAME, readConfigFiles } from './options/config-file.js';
import { Settings } from './options/settings.js';
import { DAEMON_OPTIONS } from './options/table.js';
import { SettingsFile } from './settings-file.js';

/** Everything that is known before the first part of a node is made. */
export interface PreparedNode {
  readonly settings: Settings;
  readonly params: ChainParams;
  readonly paths: DataPaths;
  readonly settingsFile: SettingsFile | undefined;
  readonly configPath: string;
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
  const originalDir = resolveDataDir(settings.text('datadir'));
  const config = readConfig(settings, originalDir);
  settings.selectNetwork(settings.chain());
  const misplaced = settings.misplaced();
  if (misplaced.length > 0) {
    const chain = settings.chain();
    throw new StartError(
      misplaced
        .map(
          name => `Config setting for -${name} only applied on ${chain} network when in [${chain}] section.`,
        )
        .join('\n'),
    );
  }
  const base = settings.isSet('datadir') ? resolveDataDir(settings.text('datadir')) : defaultDataDir();
  const params = networkParams(settings);
  const paths = prepareDataDir(base, params, settings.text('blocksdir'));
  refuseIgnoredConfig(settings, base, originalDir, config.path);
  const settingsFile = SettingsFile.open(settings, paths.network);
  return { settings, params, paths, settingsFile, configPath: config.path, warnings: config.warnings };
}

function readConfig(settings: Settings, dataDir: string): { path: string; warnings: string[] } {
  try {
    const config = readConfigFiles(settings, dataDir);
    const dir = settings.text('datadir');
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

/** A configuration file that `datadir=` in another one hides would be ignored without a word. */
function refuseIgnoredConfig(settings: Settings, base: string, originalDir: string, used: string): void {
  const hidden = join(base, CONFIG_FILE_NAME);
  if (hidden === used || base === originalDir || settings.bool('allowignoredconf', false)) return;
  if (!existsSync(hidden)) return;
  throw new StartError(
    `Data directory "${base}" contains a "${CONFIG_FILE_NAME}" file which is ignored, because a different configuration file "${used}" from data directory "${originalDir}" is being used instead. Set allowignoredconf=1 option to treat this condition as a warning, not an error.`,
  );
}
