import { isPaused, linkTo } from './state.js'

const VIEWS = ['overview', 'metrics', 'lines', 'health'] as const

/**
 * Listens for shortcut keys: 1 to 4 for the views, `/` for the search, space to pause. Keys typed into a field are not
 * shortcuts.
 * @returns a function that stops listening
 */
export function keyboard(): () => void {
  const listener = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTypedInto(event.target)) return
    const view = VIEWS[Number(event.key) - 1]
    if (view !== undefined) location.hash = linkTo(view)
    else if (event.key === 'p') isPaused.value = !isPaused.value
    else if (event.key === '/') focusSearch(event)
  }
  document.addEventListener('keydown', listener)
  return () => document.removeEventListener('keydown', listener)
}

function focusSearch(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>('input[type=search]')
  if (field === null) location.hash = linkTo('metrics')
  requestAnimationFrame(() => document.querySelector<HTMLInputElement>('input[type=search]')?.focus())
  event.preventDefault()
}

function isTypedInto(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement
  )
}
