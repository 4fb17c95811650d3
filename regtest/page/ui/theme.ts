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

export function applyTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  try {
    if (theme === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // It holds for as long as the page is open, then.
  }
  dispatchEvent(new Event('themechange'));
}
