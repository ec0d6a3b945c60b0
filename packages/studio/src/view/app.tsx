import { useEffect } from 'preact/hooks'
import { Header } from './header.js'
import { HealthPage } from './health-page.js'
import { keyboard } from './keyboard.js'
import { LinesPage } from './lines-page.js'
import { MetricsPage } from './metrics-page.js'
import { Overview } from './overview.js'
import { hasRead, place } from './state.js'
import { Welcome } from './welcome.js'

/** The whole document. */
export function App() {
  useEffect(keyboard, [])
  return (
    <>
      <a class="skip" href="#main">
        Skip to the figures
      </a>
      <Header />
      <main id="main" tabIndex={-1}>
        <Welcome />
        {hasRead.value ? <View /> : null}
      </main>
    </>
  )
}

function View() {
  switch (place.value.view) {
    case 'metrics':
      return <MetricsPage />
    case 'lines':
      return <LinesPage />
    case 'health':
      return <HealthPage />
    default:
      return <Overview />
  }
}
