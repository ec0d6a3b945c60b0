import { type WindowName, windows } from '../figures/moment.js'
import { findings } from '../figures/own-health.js'
import { hashOf, isPaused, linkTo, moment, place } from './state.js'
import { Status } from './status.js'
import { chosenTheme, theme } from './theme.js'

const VIEWS = [
  ['overview', 'Overview'],
  ['metrics', 'Metrics'],
  ['lines', 'Lines'],
  ['health', 'Health'],
] as const

const WINDOWS: Readonly<Record<WindowName, string>> = {
  all: 'Since start',
  '5m': '5 min',
  '15m': '15 min',
  '1h': '1 hour',
}

/** The navigation, the time window of the figures, and whether they are current. */
export function Header() {
  return (
    <header class="top">
      <a class="brand" href={linkTo('overview')} aria-label="Quipu, overview">
        <Cords />
        <strong>Quipu</strong>
      </a>
      <nav aria-label="Views">
        {VIEWS.map(([view, title]) => (
          <a key={view} href={linkTo(view)} aria-current={place.value.view === view ? 'page' : undefined}>
            {title}
            {view === 'health' ? <Count /> : null}
          </a>
        ))}
      </nav>
      <div class="tools">
        <Status />
        <WindowChoice />
        <button
          type="button"
          class="tool"
          aria-pressed={isPaused.value}
          onClick={() => (isPaused.value = !isPaused.value)}
        >
          {isPaused.value ? 'Resume' : 'Pause'}
        </button>
        <ThemeChoice />
      </div>
    </header>
  )
}

/** The logo: a main cord with its pendants. */
function Cords() {
  return (
    <svg class="cords" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M2 4Q12 7 22 4M6 5v15M12 6v13M18 5v11" />
      <circle cx="6" cy="11" r="2" />
      <circle cx="6" cy="16.500" r="2" />
      <circle cx="12" cy="14" r="2" />
      <circle cx="18" cy="10" r="2" />
    </svg>
  )
}

function Count() {
  const count = findings(moment.value).length
  return count === 0 ? null : (
    <span class="badge">
      {count}
      <span class="unseen"> findings</span>
    </span>
  )
}

function WindowChoice() {
  const names = Object.keys(windows) as WindowName[]
  return (
    <fieldset class="segments">
      <legend class="unseen">The figures are of</legend>
      {names.map((name) => (
        <label key={name}>
          <input
            type="radio"
            name="window"
            checked={place.value.window === name}
            onChange={() => {
              location.hash = hashOf({ ...place.value, window: name })
            }}
          />
          <span>{WINDOWS[name]}</span>
        </label>
      ))}
    </fieldset>
  )
}

function ThemeChoice() {
  const isDark = theme.value === 'dark'
  return (
    <button
      type="button"
      class="tool icon"
      aria-label={isDark ? 'Light colours' : 'Dark colours'}
      onClick={() => {
        chosenTheme.value = isDark ? 'light' : 'dark'
      }}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <circle cx="12" cy="12" r="8" />
        <path class="half" d="M12 4a8 8 0 0 1 0 16Z" />
      </svg>
    </button>
  )
}
