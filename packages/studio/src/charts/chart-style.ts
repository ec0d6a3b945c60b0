/** Colours of a chart's lines. */
export const colours = 8

/** The colours of the style sheet that a canvas uses. */
export interface ChartStyle {
  readonly text: string
  readonly muted: string
  readonly line: string
  readonly surface: string
  readonly heat: string
  readonly font: string
  readonly palette: readonly string[]
}

/** Reads the current colours, because a canvas does not resolve custom properties. */
export function readStyle(): ChartStyle {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string): string => style.getPropertyValue(name).trim()
  return {
    text: read('--text'),
    muted: read('--muted'),
    line: read('--line'),
    surface: read('--surface'),
    heat: read('--heat'),
    font: `11px ${style.getPropertyValue('font-family')}`,
    palette: Array.from({ length: colours }, (_, i) => read(`--c${i + 1}`)),
  }
}
