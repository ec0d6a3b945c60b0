/** The last minutes of a series as a line with a dot at its end. Screen readers get the figures beside it. */
export function Sparkline({ values, isBad = false }: { readonly values: Float64Array; readonly isBad?: boolean }) {
  let most = 0
  for (const value of values) if (value > most) most = value
  const path = pathOf(values, most)
  const last = values.at(-1) ?? Number.NaN
  return (
    <span class={isBad ? 'spark bad' : 'spark'}>
      <svg viewBox={`0 0 ${Math.max(1, values.length - 1)} 100`} preserveAspectRatio="none" aria-hidden="true">
        <path class="area" d={path.area} />
        <path class="cord" d={path.line} />
      </svg>
      {Number.isNaN(last) ? null : <i class="knot" style={{ top: `${heightOf(last, most)}%` }} />}
    </span>
  )
}

/** Distance from the top in hundredths; a line never touches the edge. */
function heightOf(value: number, most: number): number {
  return most === 0 ? 94 : 94 - (value / most) * 86
}

function pathOf(values: Float64Array, most: number): { readonly line: string; readonly area: string } {
  let line = ''
  let area = ''
  let start = -1
  for (let i = 0; i <= values.length; i++) {
    const value = values[i] ?? Number.NaN
    if (Number.isNaN(value)) {
      if (start >= 0) area += `L${i - 1} 100L${start} 100Z`
      start = -1
      continue
    }
    const point = `${i} ${heightOf(value, most).toFixed(1)}`
    line += `${start < 0 ? 'M' : 'L'}${point}`
    area += `${start < 0 ? 'M' : 'L'}${point}`
    if (start < 0) start = i
  }
  return { line, area }
}
