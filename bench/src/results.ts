import { caseOf, type LibraryName, libraries } from './case-table.js'
import type { Environment } from './environment.js'
import type { Figure, FiguresByLibrary } from './figure.js'
import { type Row, rows, type Unit } from './rows.js'
import type { CaseRun } from './run-case.js'
import { maximum, median, minimum } from './statistics.js'

export interface RowResult {
  readonly title: string
  readonly case: string
  readonly field: string
  readonly unit: Unit
  readonly figures: FiguresByLibrary
  /** Their figure divided by ours, of medians and of minima: above 1, ours is smaller. */
  readonly ratios: { readonly [L in LibraryName]?: { readonly median: number; readonly min: number } }
  readonly target?: string
  /** By the medians; undefined without a target or a measurement. */
  readonly met?: boolean
  /** By the minima, which are more reliable on a shared machine. */
  readonly metAtMinimum?: boolean
}

export interface Results {
  readonly environment: Environment
  readonly rounds: number
  readonly quick: boolean
  readonly rows: readonly RowResult[]
  readonly failures: readonly string[]
}

/** Returns the table of the cases that ran. */
export function toResults(runs: readonly CaseRun[], about: Omit<Results, 'rows' | 'failures'>): Results {
  const ran = new Set(runs.map((run) => run.case))
  return {
    ...about,
    rows: rows.filter((row) => ran.has(row.case)).map((row) => toRowResult(row, runs)),
    failures: [
      ...new Set(
        runs.flatMap((run) => (run.failure === undefined ? [] : [`${run.case}, ${run.library}: ${run.failure}`])),
      ),
    ],
  }
}

function toRowResult(row: Row, runs: readonly CaseRun[]): RowResult {
  const figures: { [L in LibraryName]?: Figure } = {}
  for (const library of caseOf(row.case).libraries) {
    const figure = toFigure(
      row,
      runs.filter((run) => run.case === row.case && run.library === library),
    )
    if (figure !== undefined) figures[library] = figure
  }
  const met = row.target?.met(figures)
  const metAtMinimum = row.target?.met(atMinima(figures))
  return {
    title: row.title,
    case: row.case,
    field: row.field,
    unit: row.unit,
    figures,
    ratios: row.unit === 'yes' || row.unit === 'times' ? {} : ratiosOf(figures),
    ...(row.target !== undefined && { target: row.target.text }),
    ...(met !== undefined && { met }),
    ...(metAtMinimum !== undefined && { metAtMinimum }),
  }
}

function atMinima(figures: FiguresByLibrary): FiguresByLibrary {
  return Object.fromEntries(
    Object.entries(figures).map(([library, figure]) => [library, { ...figure, median: figure.min }]),
  )
}

function toFigure({ field, minField }: Row, runs: readonly CaseRun[]): Figure | undefined {
  const values = present(runs.map(({ figures }) => figures[field]))
  if (values.length === 0) return undefined
  const least = minField === undefined ? values : present(runs.map(({ figures }) => figures[minField]))
  return { min: minimum(least), median: median(values), max: maximum(values), values }
}

function present(values: readonly (number | undefined)[]): number[] {
  return values.filter((value) => value !== undefined && value !== null)
}

function ratiosOf(figures: FiguresByLibrary): RowResult['ratios'] {
  const ours = figures.quipu
  if (ours === undefined || ours.median <= 0 || ours.min <= 0) return {}
  return Object.fromEntries(
    libraries
      .filter((library) => library !== 'quipu')
      .flatMap((library) => {
        const theirs = figures[library]
        return theirs === undefined
          ? []
          : [[library, { median: theirs.median / ours.median, min: theirs.min / ours.min }]]
      }),
  )
}
