import { isAbsolute, join } from 'node:path';
import { StartError } from '../../runtime/errors.js';
import { LOG_CATEGORIES, type LogFileOptions, type LogLevel } from '../log-file.js';
import type { Settings } from '../options/settings.js';

const LEVELS: readonly LogLevel[] = ['info', 'debug', 'trace'];

/** @throws StartError on an unknown level or category */
export function logFileOptions(settings: Settings, networkDir: string): LogFileOptions {
  const debug = settings.list('debug');
  return {
    path: logPath(settings, networkDir),
    printToConsole: settings.bool('printtoconsole', !settings.bool('daemon', false)),
    debug,
    debugExclude: settings.list('debugexclude'),
    level: globalLevel(settings),
    shrink: settings.bool('shrinkdebugfile', debug.length === 0),
    timestamps: settings.bool('logtimestamps', true),
    timeMicros: settings.bool('logtimemicros', false),
    threadNames: settings.bool('logthreadnames', false),
    alwaysLevel: settings.bool('loglevelalways', false),
  };
}

function logPath(settings: Settings, networkDir: string): string | undefined {
  if (settings.isNegated('debuglogfile')) return undefined;
  const file = settings.text('debuglogfile') || 'debug.log';
  return isAbsolute(file) ? file : join(networkDir, file);
}

/** The level for all categories; the last one given counts. */
function globalLevel(settings: Settings): LogLevel {
  let level: LogLevel = 'debug';
  for (const text of settings.list('loglevel')) {
    const colon = text.indexOf(':');
    if (colon < 0) {
      const known = LEVELS.find(name => name === text);
      if (known === undefined) {
        throw new StartError(
          `Unsupported global logging level -loglevel=${text}. Valid values: info, debug, trace.`,
        );
      }
      level = known;
      continue;
    }
    const isKnown =
      LOG_CATEGORIES.some(name => name === text.slice(0, colon)) &&
      LEVELS.some(name => name === text.slice(colon + 1));
    if (!isKnown) throw new StartError(`Unsupported category-specific logging level -loglevel=${text}.`);
    // One trace category switches trace lines on; which are written is still up to -debug.
    if (text.endsWith(':trace')) level = 'trace';
  }
  return level;
}
