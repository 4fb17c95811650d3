import type { Logger } from '../runtime/logger.js';
import { describeNetwork } from './config/network.js';
import { logHashing } from './crypto-log.js';
import { describeSettings } from './options/settings-log.js';
import type { PreparedNode } from './prepare.js';
import { VERSION } from './version.js';

/** The first lines of the log: what runs, where, with which settings, and what the user should know about them. */
export function logStart(prepared: PreparedNode, logger: Logger): void {
  const { settings, home, configPath, warnings, settingsFile, params } = prepared;
  logger.info(`Blocksmith version v${VERSION} (rules and RPC of Bitcoin Core 28.1)`);
  logger.info(`Using data directory ${home.kind === 'memory' ? '(memory)' : home.paths.network}`);
  if (configPath !== undefined) logger.info(`Config file: ${configPath}`);
  for (const remark of warnings) logger.info(remark);
  for (const key of settingsFile?.unknownKeys(settings) ?? []) {
    logger.info(`Ignoring unknown rw_settings value ${key}`);
  }
  for (const line of describeSettings(settings, settingsFile?.entries() ?? [])) logger.info(line);
  for (const name of settings.given()) {
    if (settings.spec(name)?.noEffect !== true) continue;
    logger.warn(`Option -${name} is accepted, but has no effect in this version`);
  }
  logger.info(`Chain: ${params.name}`);
  for (const line of describeNetwork(settings, params)) logger.info(line);
  logHashing(logger);
}
