import { StartError } from '../../runtime/errors.js';
import { parseKey, type Settings, Span } from './settings.js';

/**
 * Reads a command line in Core's form (`-name`, `-name=value`, `-noname`, also with two dashes) into `settings`.
 *
 * @returns what follows the options: the first word without a dash and everything after it
 * @throws StartError on an unknown option, with Core's text
 */
export function parseCommandLine(args: readonly string[], settings: Settings): string[] {
  const end = args.findIndex(arg => arg === '-' || !arg.startsWith('-'));
  const options = end < 0 ? args : args.slice(0, end);
  for (const arg of options) {
    const equals = arg.indexOf('=');
    const written = equals < 0 ? arg : arg.slice(0, equals);
    const key = parseKey(written.replace(/^--?/, ''));
    const spec = settings.spec(key.name);
    if (spec === undefined || key.section !== '') throw new StartError(`Invalid parameter ${arg}`);
    settings.add(settings.commandLine, spec, key.negated, equals < 0 ? undefined : arg.slice(equals + 1));
  }
  const rest = args.slice(options.length);
  // A lone dash ends the options and is no word itself; neither are switches behind it.
  const firstWord = rest.findIndex(arg => !arg.startsWith('-'));
  return firstWord < 0 ? [] : rest.slice(firstWord);
}

/** -includeconf belongs into a configuration file. @throws StartError when it stands on the command line */
export function refuseIncludeConf(settings: Settings): void {
  const [first] = new Span(settings.commandLine.get('includeconf') ?? []).effective;
  if (first === undefined) return;
  throw new StartError(`-includeconf cannot be used from commandline; -includeconf=${JSON.stringify(first)}`);
}
