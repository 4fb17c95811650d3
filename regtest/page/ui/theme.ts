export type Theme = 'system' | 'light' | 'dark';

/** The only thing that the page remembers. */
const KEY = 'blocksmith-theme';

export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

export function storedTheme(): Theme {
  try {
    return THEMES.find(theme => theme === localStorage.getItem(KEY)) ?? 'system';
  } catch {
    // The browser keeps nothing for this page.
    return 'system';
  }
}

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');

let shown: Theme = 'system';

/** Shows a theme, remembers it, and tells by the event `themechange`. */
export function applyTheme(theme: Theme): void {
  show(theme);
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // It holds for as long as the page is open, then.
  }
}

/** From now on the page changes when the system does. */
export function followSystem(): void {
  systemIsDark.addEventListener('change', () => show(shown));
}

function show(theme: Theme): void {
  shown = theme;
  const ofSystem = systemIsDark.matches ? 'dark' : 'light';
  document.documentElement.dataset.theme = theme === 'system' ? ofSystem : theme;
  dispatchEvent(new Event('themechange'));
}
