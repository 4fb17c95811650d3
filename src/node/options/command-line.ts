import { StartError } from '../../runtime/errors.js';
import { addValue, interpretValue, parseKey, type Settings } from './settings.js';

/**
 * Reads a command line in Core's form (`-name`, `-name=value`, `-noname`, also with two dashes) into `settings`.
 *
 * @returns what follows the options: the first word without a dash and everything after it
 * @throws StartError on an unknown option, with Core's text
 */
export function parseCommandLine(args: readonly string[], settings: Settings): string[] {
  for (const [index, arg] of args.entries()) {
    if (arg === '-') return args.slice(index);
    if (!arg.startsWith('-')) return args.slice(index);
    const equals = arg.indexOf('=');
    const written = equals < 0 ? arg : arg.slice(0, equals);
    const key = parseKey(written.replace(/^--?/, ''));
    // An option whose own name begins with "no" is not a negated one.
    const whole = settings.spec(written.replace(/^--?/, ''));
    const spec = whole ?? settings.spec(key.name);
    if (spec === undefined || key.section !== '') throw new StartError(`Invalid parameter ${arg}`);
    const negated = whole === undefined && key.negated;
    addValue(
      settings.commandLine,
      spec.name,
      interpretValue(spec, negated, equals < 0 ? undefined : arg.slice(equals + 1)),
    );
  }
  return [];
}

/** -includeconf belongs into a configuration file. @throws StartError when it stands on the command line */
export function refuseIncludeConf(settings: Settings): void {
  const first = settings.commandLine.get('includeconf')?.find(value => value !== false);
  if (first === undefined || settings.commandLine.get('includeconf')?.at(-1) === false) return;
  throw new StartError(`-includeconf cannot be used from commandline; -includeconf=${JSON.stringify(first)}`);
}
