import type { Settings, SettingsMap } from './settings.js';

/**
 * Lines of the log that tell what was set where, in Core's form. Values of sensitive options are masked.
 *
 * @param settingsFile names and JSON values of the settings file
 */
export function describeSettings(
  settings: Settings,
  settingsFile: readonly (readonly [string, unknown])[],
): string[] {
  const sections = [...settings.config].sort(byName);
  return [
    ...sections.flatMap(([section, map]) =>
      describeMap(settings, `Config file arg: ${section === '' ? '' : `[${section}] `}`, map),
    ),
    ...settingsFile.map(([name, value]) => `Setting file arg: ${name} = ${JSON.stringify(value)}`),
    ...describeMap(settings, 'Command-line arg: ', settings.commandLine),
  ];
}

function describeMap(settings: Settings, prefix: string, map: SettingsMap): string[] {
  return [...map].sort(byName).flatMap(([name, values]) => {
    const isSecret = settings.spec(name)?.sensitive === true;
    return values.map(value => `${prefix}${name}=${isSecret ? '****' : JSON.stringify(value)}`);
  });
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}
