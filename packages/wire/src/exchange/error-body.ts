import type { BodyReader, Failure } from '@quipu/protocols'
import { JsonReader } from '@quipu/protocols'

const words = {
  code: 'text',
  type: 'text',
  status: 'text',
  __type: 'text',
  error: { code: 'text', type: 'text', status: 'text' },
} as const

/** Maximum number of bytes to read of an error's body. */
const MAX_BYTES = 65_536

/** Reads the type and code of an error response. Its message is never read, because messages contain content. */
export class ErrorBody implements BodyReader {
  readonly #reader = new JsonReader(words)
  #length = 0

  write(bytes: Uint8Array): void {
    if (this.#length < MAX_BYTES) this.#reader.write(bytes)
    this.#length += bytes.length
  }

  end(): void {
    this.#reader.end()
  }

  get failure(): Failure {
    const body = this.#reader.value
    const error = body?.error
    return {
      code: error?.code ?? body?.code,
      type: error?.type ?? error?.status ?? body?.type ?? body?.__type ?? body?.status,
    }
  }
}
