import type { ActivityRecord } from '../lines/activity-record.js'
import { UsageError } from '../terminal/io.js'
import type { ConvertOptions, RecordSource } from './convert-options.js'

/** A column of a field's values. */
export interface FieldColumn {
  /** Name of the column. */
  readonly name: string
  readonly field: string
  /** Whether every value is a number; false if that is unknown. */
  readonly isNumeric: boolean
}

const OWN = new Set(['time', 'event', 'user'])

/**
 * Returns the columns: those of the option, otherwise one per field of the input. Without given names, or for kinds, the
 * input is read once more.
 */
export async function fieldColumns(
  source: RecordSource,
  { fields }: ConvertOptions,
  needsKinds: boolean,
): Promise<readonly FieldColumn[]> {
  if (fields === undefined && !source.canRepeat) {
    throw new UsageError('standard input is read once: name the columns with --fields')
  }
  const found = new Map<string, boolean>(fields?.map((field) => [field, needsKinds && source.canRepeat]))
  const isWanted = (name: string): boolean => fields === undefined || found.has(name)
  if (source.canRepeat && (needsKinds || fields === undefined)) {
    for await (const records of source.read(fields)) {
      for (const record of records) {
        for (const [name, value] of Object.entries(record.fields)) {
          if (isWanted(name) && found.get(name) !== false) found.set(name, isNumber(value))
        }
      }
    }
  }
  const names = fields ?? [...found.keys()].sort()
  return names.map((field) => ({
    name: OWN.has(field) ? `field_${field}` : field,
    field,
    isNumeric: found.get(field) === true,
  }))
}

/** Returns the value of a record in a column, if any. */
export function valueIn(record: ActivityRecord, { field }: FieldColumn): string | number | boolean | undefined {
  return Object.hasOwn(record.fields, field) ? record.fields[field] : undefined
}

/** Returns whether a value of a text line is a number that converts to the same digits. */
function isNumber(value: string | number | boolean): boolean {
  return typeof value === 'number' || (typeof value === 'string' && String(Number(value)) === value && value !== 'NaN')
}
