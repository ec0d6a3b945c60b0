import { fieldsOf } from '../protobuf-fields.js'

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'

/**
 * Returns the pause in milliseconds that a back end requests: `RetryInfo` in the details of a `google.rpc.Status`.
 * @returns undefined without a readable `RetryInfo`
 */
export function retryInfoMs(status: Uint8Array): number | undefined {
  try {
    for (const detail of valuesOf(status, 3)) {
      const [type] = valuesOf(asBytes(detail), 1)
      if (Buffer.from(asBytes(type)).toString('utf8') !== RETRY_INFO) continue
      const [info] = valuesOf(asBytes(detail), 2)
      const [delay] = valuesOf(asBytes(info), 1)
      const [seconds = 0] = valuesOf(asBytes(delay), 1)
      const [nanos = 0] = valuesOf(asBytes(delay), 2)
      return Number(seconds) * 1000 + Number(nanos) / 1e6
    }
  } catch {
    // Not a google.rpc.Status.
  }
  return undefined
}

type Value = Uint8Array | number

function asBytes(value: Value | undefined): Uint8Array {
  return value instanceof Uint8Array ? value : new Uint8Array()
}

/** The values of one field. */
function valuesOf(message: Uint8Array, wanted: number): readonly Value[] {
  return [...fieldsOf(message)].flatMap(({ number, value }) =>
    number === wanted && value !== undefined ? [value] : [],
  )
}
