import { StartError } from '../../runtime/errors.js';
import type { LogCategory } from '../../runtime/logger.js';
import { fileIn, type NodeHome } from '../home.js';
import { LOG_CATEGORIES, LOG_LEVELS, type LogFileOptions, type LogLevel } from '../log-file.js';
import type { Settings } from '../options/settings.js';

/** @throws StartError on an unknown level or category */
export function logFileOptions(settings: Settings, home: NodeHome): LogFileOptions {
  const debug = settings.list('debug');
  return {
    path: logPath(settings, home),
    printToConsole: settings.bool('printtoconsole', !settings.bool('daemon', false)),
    debug,
    debugExclude: settings.list('debugexclude'),
    ...levels(settings),
    shrink: settings.bool('shrinkdebugfile', debug.length === 0 || debug.includes('0')),
    timestamps: settings.bool('logtimestamps', true),
    timeMicros: settings.bool('logtimemicros', false),
    threadNames: settings.bool('logthreadnames', false),
    alwaysLevel: settings.bool('loglevelalways', false),
  };
}

function logPath(settings: Settings, home: NodeHome): string | undefined {
  if (settings.isNegated('debuglogfile')) return undefined;
  return fileIn(home, settings.text('debuglogfile') || 'debug.log');
}

/** -loglevel, for all categories or for one; the last one given counts. */
function levels(settings: Settings): Pick<LogFileOptions, 'level' | 'categoryLevels'> {
  let level: LogLevel = 'debug';
  const categoryLevels = new Map<LogCategory, LogLevel>();
  for (const text of settings.list('loglevel')) {
    const [name = '', value, ...rest] = text.split(':');
    const category = LOG_CATEGORIES.find(known => known === name);
    const chosen = LOG_LEVELS.find(known => known === (value ?? name));
    if (value === undefined) {
      if (chosen === undefined) throw new StartError(unsupportedLevel(text));
      level = chosen;
      continue;
    }
    if (category === undefined || chosen === undefined || rest.length > 0) {
      throw new StartError(unsupportedCategoryLevel(text));
    }
    categoryLevels.set(category, chosen);
  }
  return { level, categoryLevels };
}

function unsupportedLevel(text: string): string {
  return `Unsupported global logging level -loglevel=${text}. Valid values: ${LOG_LEVELS.join(', ')}.`;
}

function unsupportedCategoryLevel(text: string): string {
  const categories = `Valid categories: ${LOG_CATEGORIES.join(', ')}.`;
  return `Unsupported category-specific logging level -loglevel=${text}. Expected -loglevel=<category>:<loglevel>. ${categories} Valid loglevels: ${LOG_LEVELS.join(', ')}.`;
}
