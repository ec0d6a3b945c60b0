import { useState } from 'preact/hooks'
import type { Family } from '../history/family.js'
import { FamilyDetail } from './family-detail.js'
import { history, linkTo, place, tick } from './state.js'

/** Every family of the pages: a list to choose from, and the chosen one. */
export function MetricsPage() {
  const [text, setText] = useState('')
  tick.value
  const wanted = text.trim().toLowerCase()
  const all = [...history.families.values()].filter(({ series }) => series.size > 0)
  const found = all.filter(
    ({ name, queryName, help }) =>
      name.includes(wanted) || queryName.includes(wanted) || help.toLowerCase().includes(wanted),
  )
  const chosen = all.find(({ name }) => name === place.value.family) ?? found[0]
  return (
    <div class="split">
      <section class="families" aria-label="Metrics">
        <input
          type="search"
          placeholder="Search metrics"
          aria-label="Search metrics by name or help"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <p class="note" role="status">
          {found.length} of {all.length}
        </p>
        <FamilyList families={found} chosen={chosen} />
      </section>
      {chosen === undefined ? <p>No metric has this name.</p> : <FamilyDetail key={chosen.name} family={chosen} />}
    </div>
  )
}

function FamilyList({
  families,
  chosen,
}: {
  readonly families: readonly Family[]
  readonly chosen: Family | undefined
}) {
  return (
    <ul>
      {families.map(({ name, queryName, type, series }) => (
        <li key={name}>
          <a href={linkTo('metrics', name)} aria-current={name === chosen?.name ? 'true' : undefined} title={queryName}>
            <span>{queryName}</span>
            <small>
              {type} · {series.size}
            </small>
          </a>
        </li>
      ))}
    </ul>
  )
}
