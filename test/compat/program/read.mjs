import { labelNameOnPage } from '@quipu/catalog/builtin'

/** Returns the stored value of one series; undefined if it does not exist. */
export function seriesValue(recorder, name, labels) {
  const reading = recorder.readings().find((each) => each.name === name)
  if (reading === undefined) throw new Error(`there is no metric ${name}`)
  const wanted = reading.labelNames.map((label) => labels[label])
  const cell = reading.cells().find(({ values }) => values.every((value, i) => value === wanted[i]))
  return cell === undefined ? undefined : valueOfCell(reading, cell)
}

/** A number, `{ sum, count }` of a summary, `{ sum, counts }` of a histogram (its last count is that of +Inf). */
export function valueOfCell({ spec, bounds }, { data, at }) {
  if (spec.kind === 'summary') return { sum: data[at], count: data[at + 1] }
  if (spec.kind !== 'histogram') return data[at]
  return { sum: data[at], counts: Array.from(data.subarray(at + 1, at + 2 + bounds.length)) }
}

/** Returns a recorder's series that are exported to Prometheus, with their label names there. */
export function* seriesOf(recorder) {
  for (const reading of recorder.readings()) {
    if (reading.spec.exportTo !== undefined && !reading.spec.exportTo.includes('prometheus')) continue
    if (reading.spec.aggregation === 'exponential') continue
    for (const cell of reading.cells()) {
      const labels = {}
      reading.labelNames.forEach((name, i) => {
        if (cell.values[i] !== undefined) labels[labelNameOnPage(name)] = cell.values[i]
      })
      yield { reading, labels, value: valueOfCell(reading, cell) }
    }
  }
}
