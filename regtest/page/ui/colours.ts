/** Angle between the hues of neighbours: the golden one, so that any number of nodes are told apart as well as can be. */
const GOLDEN_ANGLE = 137.508;

/** The first node's hue, a blue; the accent's amber stays free. */
const FIRST_HUE = 215;

/** A node's colour as the style that carries its hue; lightness comes from the theme. Of nobody, it is a grey. */
export function hueStyle(node: number | undefined): Record<string, string> {
  if (node === undefined) return { '--saturation': '0.15' };
  return { '--hue': `${Math.round(FIRST_HUE + node * GOLDEN_ANGLE) % 360}` };
}

/** Colour of a node in a drawing that is not styled by the page's sheet. */
export function nodeColour(node: number, isDark: boolean): string {
  const hue = Math.round(FIRST_HUE + node * GOLDEN_ANGLE) % 360;
  return `hsl(${hue} 55% ${isDark ? 64 : 42}%)`;
}
