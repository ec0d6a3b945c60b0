import { computed, effect, signal } from '@preact/signals'

/** The colours of the document. */
export type Theme = 'light' | 'dark'

/** The reader's choice; undefined follows the system. */
export const chosenTheme = signal<Theme | undefined>(undefined)

const dark = matchMedia('(prefers-color-scheme: dark)')
const systemTheme = signal(themeOf(dark.matches))
dark.addEventListener('change', ({ matches }) => {
  systemTheme.value = themeOf(matches)
})

export const theme = computed(() => chosenTheme.value ?? systemTheme.value)

/** Keeps the document's attribute, from which the style sheet and the charts take their colours. */
export function applyTheme(): void {
  effect(() => {
    document.documentElement.dataset.theme = theme.value
  })
}

function themeOf(isDark: boolean): Theme {
  return isDark ? 'dark' : 'light'
}
