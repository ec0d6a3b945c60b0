import { baseName, type Family } from '../families/family.js'
import { escapeHelp } from '../families/label-text.js'
import type { Pace } from '../pace.js'
import type { PageOutput } from './page-output.js'
import { familyStyle, quoteName, type TextOptions } from './text-style.js'
import { writePoint } from './write-point.js'

/** Series between two checks of the clock, which cost about 40 ns each. */
const SERIES_PER_LOOK = 8

/** Writes a family to a text page, or nothing for a family without series. Long families are written in slices. */
export async function writeFamily(family: Family, options: TextOptions, pace: Pace, out: PageOutput): Promise<void> {
  const points = family.points()
  if (points.length === 0) return
  const style = familyStyle(family, options)
  const { bytes } = out
  bytes.text(familyHead(family, options))
  for (let next = 0; next < points.length; ) {
    const end = Math.min(points.length, next + SERIES_PER_LOOK)
    for (; next < end; next++) {
      const point = points[next]
      if (point !== undefined && point.removed !== true) writePoint(bytes, family, style, options, point)
      if (!bytes.isFull) continue
      const waiting = out.flush()
      if (waiting !== undefined) await waiting
    }
    if (pace.due() && next < points.length) await pace.pause()
  }
}

/** The HELP, TYPE and UNIT lines. UNIT is for OpenMetrics only, which requires that the name ends in the unit. */
function familyHead(family: Family, options: TextOptions): string {
  const openMetrics = options.dialect === 'openmetrics'
  const name = openMetrics ? baseName(family) : family.name
  const quoted = quoteName(name)
  const type = family.type === 'info' && !openMetrics ? 'gauge' : family.type
  const help = escapeHelp(family.help, openMetrics)
  return [
    help === '' ? '' : `# HELP ${quoted} ${help}\n`,
    `# TYPE ${quoted} ${type}\n`,
    openMetrics && family.unit !== '' && name.endsWith(`_${family.unit}`) ? `# UNIT ${quoted} ${family.unit}\n` : '',
  ].join('')
}
